-- What the export says of its own fields: their type, and whether the source
-- computes them.
-- key: object, column_name

with fields as (
    select
        lower(clean_text(fields.object)) as object,
        clean_text(coalesce(fields."column", fields.api_name)) as column_name,
        lower(clean_text(fields.type)) as type,
        clean_text(fields.formula) as formula,
    from raw_smartdesk__schema_field as fields
)

select
    object,
    column_name,
    any_value(type) as type,
    bool_or(type in ('formula', 'rollup') or formula is not null)
        as is_computed,
from fields
where object is not null and column_name is not null
group by object, column_name
