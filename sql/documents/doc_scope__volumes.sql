-- Every object of the export, how its rows travel, and how many there are.
-- title: Objects and volumes
-- order: 10
-- chart: object, rows_count

with files as (
    select
        object as source,
        count(*) as files_count,
        sum(bytes)::bigint as files_bytes,
        sum(landed)::bigint as rows_count,
        sum(quarantined)::bigint as quarantined_count,
    from landed_files
    group by object
)

select source as object, * exclude (source)
from files
order by rows_count desc, object
