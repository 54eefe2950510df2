-- The options that the export lists for its own fields.
-- key: object, field, option

select distinct
    lower(clean_text(options.object)) as object,
    clean_text(options.field_api_name) as field,
    unnest([clean_text(options.value), clean_text(options.label)]) as option,
from raw_smartdesk__picklist_option as options
where clean_text(options.value) is not null
