-- Records that have no owner where others of their kind have one: they wait
-- until a row `(none)` of map_owners says whose they are.
-- blocks: no

with records as (
    select 'company' as object, _source_id as source_id, owner_key,
    from stg_smartdesk__companies
    where _duplicate is null and not is_deleted
    union all
    select 'contact', _source_id, owner_key,
    from stg_smartdesk__contacts
    where _duplicate is null and not is_deleted
    union all
    select 'lead', _source_id, owner_key,
    from stg_smartdesk__leads
    where _duplicate is null and not is_deleted
    union all
    select 'deal', _source_id, owner_key,
    from stg_smartdesk__deals
    where _duplicate is null and not is_deleted
    union all
    select 'task', _source_id, owner_key,
    from stg_smartdesk__tasks
    where _duplicate is null and not is_deleted
),

owned as (
    select distinct object from records where owner_key is not null
)

select records.object, records.source_id,
from records
semi join owned on records.object = owned.object
where records.owner_key is null
order by all
