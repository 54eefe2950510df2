-- Custom columns of lists with the values that are known options there.
-- key: object, source_column

with known_options as (
    select source_object as object, name as field, unnest(choices) as option,
    from int_fields__listed
    union
    select lower(clean_text(object)), clean_text(field), source_value,
    from map_options
)

select
    cells.object,
    cells.source_column,
    coalesce(
        list(distinct known.option order by known.option)
            filter (where known.option is not null),
        []
    ) as options,
from int_records__unpivoted as cells
left join known_options as known
    on cells.object = known.object
    and known.field in (cells.source_column, cells.destination_field)
where cells.type = 'multi_select'
group by cells.object, cells.source_column
