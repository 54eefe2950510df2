-- Each choice of the source against each that the destination offers in the
-- field that it goes to: how alike their names are.
-- key: object, field, value, choice

with fields as (
    select distinct object, field, field as offered_field
    from prop_choices__offered
    where field in (
        'industry', 'lifecycle_stage', 'cf_lead_status', 'cf_lead_source',
        'source', 'lost_reason', 'value_currency', 'type'
    )
    union
    select object, source, destination
    from prop_fields__proposed
    where status in ('decided', 'certain', 'proposed')
),

-- A value, and the label that the export has for it.
names as (
    select object, field, value, value as name from prop_choices__asked
    union
    select asked.object, asked.field, asked.value, options.option
    from prop_choices__asked as asked
    inner join stg_smartdesk__options as options
        on asked.object = options.object
        and asked.field = options.field
        and asked.value = options.value
),

pairs as (
    select
        names.object,
        names.field,
        names.value,
        offered.choice,
        names.name,
        match_key(names.value) = match_key(offered.choice) as is_same,
        name_likeness(worded.words, there.words) as likeness,
    from names
    inner join fields
        on names.object = fields.object and names.field = fields.field
    inner join prop_choices__offered as offered
        on fields.object = offered.object
        and fields.offered_field = offered.field
    left join prop_names__worded as worded on names.name = worded.name
    left join prop_names__worded as there on offered.choice = there.name
)

select
    object,
    field,
    value,
    choice,
    bool_or(is_same) as is_same,
    max(coalesce(likeness, 0)) as likeness,
    first(name order by coalesce(likeness, 0) desc, name) as name,
from pairs
group by object, field, value, choice
