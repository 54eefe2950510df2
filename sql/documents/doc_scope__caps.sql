-- Programs end an export at a round number, and say nothing. Here the rows of
-- an object, or of its last file, end exactly there.
-- title: Exports that may have ended too early
-- order: 120
-- empty: No file ends at a number at which programs end.

with caps as (
    select unnest([
        {'cap': 10_000, 'of': 'a list, or a search'},
        {'cap': 20_000, 'of': 'a report'},
        {'cap': 50_000, 'of': 'a report'},
        {'cap': 65_535, 'of': 'an old workbook, below its header'},
        {'cap': 65_536, 'of': 'an old workbook'},
        {'cap': 100_000, 'of': 'an export'},
        {'cap': 1_048_575, 'of': 'a workbook, below its header'},
        {'cap': 1_048_576, 'of': 'a workbook'},
    ], recursive := true)
),

files as (
    select
        object,
        path,
        landed + quarantined as rows_count,
        part = max(part) over (partition by object) as is_last,
        count(*) over (partition by object) as files_count,
    from landed_files
    where object not like 'schema%'
),

ends as (
    select object, path, rows_count
    from files
    where is_last
    union
    select object, 'all ' || any_value(files_count) || ' files',
        sum(rows_count),
    from files
    where files_count > 1
    group by object
)

select
    ends.object,
    ends.path as file,
    ends.rows_count::bigint as rows_count,
    'the end of ' || caps.of as may_be,
from ends
inner join caps on ends.rows_count = caps.cap
order by ends.object, file
