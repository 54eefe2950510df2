-- Values of lists that are none of the options the export itself names for the
-- field, or several where there is one. `meant`: the option that is the same
-- but for case and blanks, or has this label.
-- blocks: no

with contacts as (
    select 'contact' as object, id as source_id, unnest([
        {'field': 'lifecycle_stage', 'value': lifecycle_stage},
    ], recursive := true),
    from raw_smartdesk__contact
),

deals as (
    select 'deal' as object, id as source_id, unnest([
        {'field': 'status', 'value': status},
    ], recursive := true),
    from raw_smartdesk__deal
),

leads as (
    select 'lead' as object, id as source_id, unnest([
        {'field': 'cf_lead_source', 'value': cf_lead_source},
        {'field': 'cf_lead_status', 'value': cf_lead_status},
    ], recursive := true),
    from raw_smartdesk__lead
),

work as (
    select 'task' as object, id as source_id, unnest([
        {'field': 'type', 'value': type},
        {'field': 'status', 'value': status},
        {'field': 'priority', 'value': priority},
    ], recursive := true),
    from raw_smartdesk__task
    union all
    select 'activity', id, unnest([
        {'field': 'direction', 'value': direction},
    ], recursive := true),
    from raw_smartdesk__activity
),

links as (
    select 'deal_contact' as object, id as source_id, unnest([
        {'field': 'role', 'value': role},
    ], recursive := true),
    from raw_smartdesk__deal_contact
    union all
    select 'campaign_member', id, unnest([
        {'field': 'status', 'value': status},
    ], recursive := true),
    from raw_smartdesk__campaign_member
),

-- What no choice of the destination stands for.
custom as (
    select
        object,
        _source_id as source_id,
        source_column as field,
        unnest(refused_values) as value,
    from int_custom_fields__typed
),

cells as (
    select *, true as is_single from contacts
    union all
    select *, true from deals
    union all
    select *, true from leads
    union all
    select *, true from work
    union all
    select *, true from links
    union all
    select *, false from custom
),

fields as (
    select
        object,
        field,
        map(list(option_key), list(value)) as by_key,
    from (
        select
            object, field,
            match_key(option) as option_key,
            min(value) as value,
        from stg_smartdesk__options
        group by object, field, match_key(option)
    ) as options
    group by object, field
),

compared as (
    select
        cells.object,
        cells.source_id,
        cells.field,
        fields.by_key[match_key(cells.value)] as meant,
        known.option is not null as is_known,
        fields.object is not null as has_options,
        cells.is_single and regexp_matches(cells.value, '[;|]') as is_list,
    from cells
    left join fields
        on cells.object = fields.object and cells.field = fields.field
    left join stg_smartdesk__options as known
        on cells.object = known.object
        and cells.field = known.field
        and clean_text(cells.value) = known.option
        and known.option = known.value
    where not is_no_value(cells.value)
)

select object, source_id, field, meant,
from compared
where (has_options or is_list) and not is_known
order by all
