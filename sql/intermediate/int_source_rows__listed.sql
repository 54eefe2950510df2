-- Every source row under the object that must give it a bucket. Objects that
-- are only counted read their rows themselves and are not listed.
-- key: object, _source_id

select object, _source_id
from int_activities__typed
union all
select 'owners', _source_id
from stg_smartdesk__users
union all
select 'pipelines', _source_id
from stg_smartdesk__pipelines
union all
select 'stages', _source_id
from stg_smartdesk__stages
union all
select 'products', _source_id
from stg_smartdesk__products
union all
select 'companies', _source_id
from stg_smartdesk__companies
union all
select 'contacts', _source_id
from stg_smartdesk__contacts
union all
select 'leads', _source_id
from stg_smartdesk__leads
union all
select 'deals', _source_id
from stg_smartdesk__deals
union all
select 'deal_contacts', _source_id
from stg_smartdesk__deal_contacts
union all
select 'tasks', _source_id
from stg_smartdesk__tasks
union all
select 'campaigns', _source_id
from stg_smartdesk__campaigns
union all
select 'lists', _source_id
from stg_smartdesk__campaigns
union all
select 'campaign_members', _source_id
from stg_smartdesk__campaign_members
union all
select 'email_templates', _source_id
from stg_smartdesk__email_templates
union all
select 'tags', _source_id
from stg_smartdesk__tags
union all
select 'record_tags', _source_id
from stg_smartdesk__record_tags
union all
select 'activity_participants', _source_id
from stg_smartdesk__activity_participants
union all
select 'attachments', _source_id
from stg_smartdesk__attachments
