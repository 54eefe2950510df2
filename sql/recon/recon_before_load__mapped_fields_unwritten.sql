-- Columns that map_fields sends where they cannot arrive, into a custom field
-- that the load writes itself, or a field of the layout that takes no column.
-- Name another field in map_fields.
-- blocks: decide
-- fix: name another field in sql/map/map_fields.csv

with cells as (
    select
        typed._source_id, typed.source_column, typed.destination_field,
    from int_custom_fields__typed as typed
    inner join objects on typed.object = objects.source
    where objects.object = '@object' and typed.value is not null
),

written as (
    select column_name as destination_field
    from duckdb_columns()
    where table_name = 'load_@object'
),

overwritten as (
    select source_column, destination_field, count(*) as rows,
    from cells
    semi join written on cells.destination_field = written.destination_field
    where starts_with(cells.destination_field, 'cf_')
    group by all
),

untaken as (
    select cells.source_column, cells.destination_field, count(*) as rows,
    from cells
    inner join load_@object as wanted on cells._source_id = wanted._source_id
    where not starts_with(cells.destination_field, 'cf_')
        and wanted._skip_reason is null
        and (wanted._body ->> ('$."' || cells.destination_field || '"'))
            is null
    group by all
)

select *, 'the load writes it itself' as why from overwritten
union all
select *, 'the load takes no column for it' from untaken
order by all
