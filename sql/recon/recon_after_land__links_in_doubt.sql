-- Records whose reference could mean several records, or leads in a circle:
-- they wait for a person.
-- blocks: no

select 'contact' as object, _source_id as source_id, company_reason as reason,
from int_contacts__linked
where company_reason in ('parent_ambiguous', 'parent_cycle')
union all
select 'company', _source_id, parent_reason,
from int_companies__linked_to_parents
where parent_reason in ('parent_ambiguous', 'parent_cycle')
union all
select 'lead', _source_id, 'parent_ambiguous',
from int_leads__linked
where is_company_ambiguous
union all
select 'deal', _source_id, company_reason,
from int_deals__linked_to_people
where company_reason in ('parent_ambiguous', 'parent_cycle')
union all
select 'deal', _source_id, contact_reason,
from int_deals__linked_to_people
where contact_reason in ('parent_ambiguous', 'parent_cycle')
union all
select 'task', _source_id, parent_reason,
from int_tasks__linked
where parent_reason in ('parent_ambiguous', 'parent_cycle')
union all
select object, _source_id, parent_reason,
from int_activities__typed
where parent_reason in ('parent_ambiguous', 'parent_cycle')
order by all
