-- Records that name a parent which is not in the export.
-- blocks: no

select 'contacts' as object, _source_id as source_id, 'company' as parent,
from int_contacts__linked
where company_reason = 'parent_missing'
union all
select 'companies', _source_id, 'company',
from int_companies__linked_to_parents
where parent_reason = 'parent_missing'
union all
select 'deals', _source_id, 'company',
from int_deals__linked_to_people
where company_reason = 'parent_missing'
union all
select 'deals', _source_id, 'contact',
from int_deals__linked_to_people
where contact_reason = 'parent_missing'
union all
select distinct 'deals', others._source_id, 'contact',
from (
    select _source_id, unnest(other_contact_ids) as contact_id,
    from int_deals__linked_to_people
) as others
anti join stg_smartdesk__contacts as contacts
    on others.contact_id = contacts.contact_id
union all
select 'deals', _source_id, 'stage',
from int_deals__linked
where stage_key is not null and stage_source_id is null
union all
select 'tasks', _source_id, coalesce(parent_type, 'none'),
from int_tasks__linked
where parent_reason in ('parent_missing', 'no_parent')
union all
select object, _source_id, coalesce(parent_type, 'none'),
from int_activities__typed
where parent_reason in ('parent_missing', 'no_parent')
union all
select 'attachments', _source_id, coalesce(parent_type, 'none'),
from int_attachments__parented
where parent_reason in ('parent_missing', 'no_parent')
union all
select 'deal_contacts', links._source_id, 'contact'
from stg_smartdesk__deal_contacts as links
anti join stg_smartdesk__contacts as contacts
    on links.contact_id = contacts.contact_id
union all
select 'record_tags', links._source_id, links.record_type
from stg_smartdesk__record_tags as links
anti join int_records__keyed as records
    on links.record_type = records.record_type
    and links.record_id = records.record_id
union all
select 'campaign_members', _source_id, member_type
from int_campaign_members__linked
where link_reason is not null
order by all
