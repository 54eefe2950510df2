-- Every column of every object. A custom column goes nowhere until a row of
-- `map_fields` says where. Counts of different values are estimates, within
-- some percent; the first and the last day are those of all dates that can be
-- read without a guess.
-- title: Fields
-- order: 70
-- key: object, field

with sources as (
    select source as object, min(phase) as phase,
    from objects
    group by source
),

counted as (
    select object, sum(landed)::bigint as rows_count,
    from landed_files
    group by object
),

options as (
    select
        object,
        field as column_name,
        count(*) as options_count,
        array_to_string(list(option order by option)[:12], ', ')
            || case when count(*) > 12 then ', …' else '' end as options,
    from stg_smartdesk__options
    where option = value
    group by object, field
),

fields as (
    select
        lower(clean_text(object)) as object,
        clean_text(coalesce("column", api_name)) as column_name,
        any_value(parse_integer("max_length")) as limit_count,
    from raw_smartdesk__schema_field
    group by all
),

mapped as (
    select
        lower(clean_text(object)) as object,
        clean_text(source_column) as column_name,
        any_value(clean_text(destination_field)) as goes_to,
    from map_fields
    group by all
)

select
    profile.object,
    profile.column_name as field,
    case when profile.is_standard then 'standard' else 'custom' end as kind,
    known.type,
    profile.filled_count,
    profile.filled_count / nullif(counted.rows_count, 0) as filled_share,
    profile.distinct_count as different_count,
    profile.longest_count,
    fields.limit_count,
    profile.first_date,
    profile.last_date,
    options.options_count,
    options.options,
    case
        when known.is_computed then 'computed there, not loaded'
        when not profile.is_standard then coalesce(mapped.goes_to, 'nowhere')
    end as goes_to,
from landed_profile as profile
inner join sources on profile.object = sources.object
left join counted on profile.object = counted.object
left join stg_smartdesk__fields as known
    on profile.object = known.object
    and profile.column_name = known.column_name
left join fields
    on profile.object = fields.object
    and profile.column_name = fields.column_name
left join options
    on profile.object = options.object
    and profile.column_name = options.column_name
left join mapped
    on profile.object = mapped.object
    and profile.column_name = mapped.column_name
order by sources.phase, profile.object, profile.place
