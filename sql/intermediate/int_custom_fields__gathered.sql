-- One JSON object a record: its own fields, and the standard ones beside.
-- key: object, _source_id

with fields as (
    select *, starts_with(destination_field, 'cf_') as is_custom,
    from int_custom_fields__typed
    where value is not null and json_type(value) <> 'NULL'
)

select
    object,
    _source_id,
    to_json(map(
        list(destination_field order by destination_field)
            filter (where is_custom),
        list(value order by destination_field) filter (where is_custom)
    )) as custom_field,
    to_json(map(
        list(destination_field order by destination_field)
            filter (where not is_custom),
        list(value order by destination_field) filter (where not is_custom)
    )) as standard,
from fields
group by object, _source_id
