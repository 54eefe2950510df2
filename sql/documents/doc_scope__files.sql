-- Every file of the export, with what became of it. A file without an object is
-- not read.
-- title: Files
-- order: 110

with files as (
    select
        path,
        object,
        bytes as size_bytes,
        records as records_count,
        landed as rows_count,
        quarantined as quarantined_count,
        nullif(array_to_string(missing, ', '), '') as columns_missing,
    from landed_files
),

strays as (
    select
        path,
        case when is_decided then 'left out, as decided' else 'none' end
            as object,
    from landed_strays
)

select * from files
union all by name
select * from strays
order by object, path
