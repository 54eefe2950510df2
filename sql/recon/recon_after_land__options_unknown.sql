-- Values of lists that are none of the options the export itself names for the
-- field; `meant`: the option that is the same but for case and blanks.
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
        {'field': 'lost_reason', 'value': lost_reason},
        {'field': 'source', 'value': source},
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

tasks as (
    select 'task' as object, id as source_id, unnest([
        {'field': 'type', 'value': type},
        {'field': 'status', 'value': status},
        {'field': 'priority', 'value': priority},
    ], recursive := true),
    from raw_smartdesk__task
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
    select * from contacts
    union all
    select * from deals
    union all
    select * from leads
    union all
    select * from tasks
    union all
    select * from links
    union all
    select * from custom
),

fields as (
    select
        object,
        field,
        list(option) as options,
        map(list(match_key(option)), list(option)) as by_key,
    from (
        select object, field, min(option) as option,
        from stg_smartdesk__options
        where match_key(option) is not null
        group by object, field, match_key(option)
    ) as options
    group by object, field
)

select
    cells.object,
    cells.source_id,
    cells.field,
    fields.by_key[match_key(cells.value)] as meant,
from cells
inner join fields
    on cells.object = fields.object and cells.field = fields.field
anti join stg_smartdesk__options as known
    on cells.object = known.object
    and cells.field = known.field
    and clean_text(cells.value) = known.option
where not is_no_value(cells.value)
order by all
