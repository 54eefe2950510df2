-- Who owns what: one row a source record that has an owner.

select 'companies' as object, _source_id, owner_key, owner_id, owner_email,
    owner_name,
from stg_smartdesk__companies
where owner_key is not null
union all
select 'contacts', _source_id, owner_key, owner_id, owner_email, owner_name,
from stg_smartdesk__contacts
where owner_key is not null
union all
select 'leads', _source_id, owner_key, owner_id, owner_email, owner_name,
from stg_smartdesk__leads
where owner_key is not null
union all
select 'deals', _source_id, owner_key, owner_id, owner_email, owner_name,
from stg_smartdesk__deals
where owner_key is not null
union all
select 'tasks', _source_id, owner_key, owner_id, owner_email, owner_name,
from stg_smartdesk__tasks
where owner_key is not null
union all
select 'activities', _source_id, owner_key, owner_id, owner_email, owner_name,
from stg_smartdesk__activities
where owner_key is not null
