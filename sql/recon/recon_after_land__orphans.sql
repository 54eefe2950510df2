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
order by all
