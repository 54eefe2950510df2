-- Choices that fields need and do not have: a value that is no choice there is
-- dropped without a word. Create the choice, or map the value in
-- `map_options`.
-- title: Choices that are missing
-- order: 30
-- empty: Every choice is there, or no field that is there takes choices.

with fields as (
    select
        manifest.object, manifest.field, manifest.comes_from,
        objects.source as source_object,
        listed.choices,
    from doc_fields__manifest as manifest
    inner join objects on manifest.object = objects.object
    left join int_fields__listed as listed
        on manifest.object = listed.object and manifest.field = listed.name
    where manifest.type in ('dropdown', 'multi-select')
),

decided as (
    select
        lower(clean_text(object)) as source_object,
        clean_text(field) as field,
        match_key(source_value) as source_value,
    from map_options
    where clean_text(destination_value) is not null
)

select distinct
    fields.object as module,
    fields.field,
    options.value as choice,
from fields
inner join stg_smartdesk__options as options
    on fields.source_object = options.object
    and fields.comes_from = options.field
anti join decided
    on fields.source_object = decided.source_object
    and decided.field in (fields.field, fields.comes_from)
    and match_key(options.value) = decided.source_value
where not list_contains(
    list_transform(
        coalesce(fields.choices, []), lambda choice: match_key(choice)
    ),
    match_key(options.value)
)
order by module, field, choice
