-- The options that the export lists for its own fields, by their value and by
-- the label that people see.
-- key: object, field, option

with options as (
    select
        lower(clean_text(options.object)) as object,
        clean_text(options.field_api_name) as field,
        clean_text(options.value) as value,
        clean_text(options.label) as label,
    from raw_smartdesk__picklist_option as options
),

final as (
    select object, field, value as option, value,
    from options
    union all
    select object, field, label, value,
    from options
)

select
    object, field, option,
    arg_min(value, (value <> option, value)) as value,
from final
where object is not null and field is not null and value is not null
    and match_key(option) is not null
group by object, field, option
