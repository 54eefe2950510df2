-- Records of somebody about to be sent without an owner: they would be the
-- key's own user's. It looks past the other scripts at what the export says. It
-- is the program's own: a workspace cannot change it, and no approval lifts it.
-- blocks: yes
-- fix: say in sql/map/map_owners.csv who takes them, or correct the script that
-- fix: was changed below sql/

with owned as (
    select 'companies' as object, id as record_id,
    from raw_smartdesk__company
    where not is_no_value(coalesce(owner_id, owner_email, owner_name))
    union all
    select 'contacts', id,
    from raw_smartdesk__contact
    where not is_no_value(coalesce(owner_id, owner_email, owner_name))
    union all
    select 'leads', id,
    from raw_smartdesk__lead
    where not is_no_value(coalesce(owner_id, owner_email, owner_name))
    union all
    select 'deals', id,
    from raw_smartdesk__deal
    where not is_no_value(coalesce(owner_id, owner_email, owner_name))
    union all
    select 'tasks', id,
    from raw_smartdesk__task
    where not is_no_value(coalesce(owner_id, owner_email, owner_name))
),

sent as (
    select 'companies' as object, _source_id, _skip_reason, _queue_reason, _body
    from load_companies
    union all
    select 'contacts', _source_id, _skip_reason, _queue_reason, _body
    from load_contacts
    union all
    select 'leads', _source_id, _skip_reason, _queue_reason, _body
    from load_leads
    union all
    select 'deals', _source_id, _skip_reason, _queue_reason, _body
    from load_deals
    union all
    select 'tasks', _source_id, _skip_reason, _queue_reason, _body
    from load_tasks
),

ownerless as (
    select object, split_part(_source_id, '#', 1) as record_id,
    from sent
    where _skip_reason is null and _queue_reason is null
        and (_body ->> '$.owner_id') is null
)

select owned.object, owned.record_id as source_id,
from owned
semi join ownerless
    on owned.object = ownerless.object
    and owned.record_id = ownerless.record_id
order by all
