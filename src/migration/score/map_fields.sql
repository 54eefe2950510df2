-- The rows of map_fields.csv for the custom fields of an export: each under its own name.
with fields as (
    select
        object, "column" as name,
        case
            when type = 'date' then 'date'
            when type = 'datetime' then 'date_time'
            when type in ('integer', 'decimal', 'currency', 'percent') then 'number'
            when type = 'boolean' then 'checkbox'
            when type in ('single_select', 'radio') then 'dropdown'
            when type in ('multi_select', 'checkbox_group') then 'multi_select'
            else 'text'
        end as type,
    from read_parquet('@truth/schema_field.parquet')
    where is_custom = 'true' and object in ('company', 'contact', 'lead', 'deal')
)

select ['object', 'source_column', 'destination_field', 'type', 'transform'] as cells
union all
(select [object, name, name, type, ''] from fields order by all)
