-- Fields of the destination, each with the object that writes them.
-- key: object, name

select 'companies' as object, 'company' as source_object, *
from stg_freshsales__account_fields
union all
select 'contacts', 'contact', * from stg_freshsales__contact_fields
union all
select 'leads', 'lead', * from stg_freshsales__contact_fields
where policy('leads_as') <> 'lead'
union all
select 'leads', 'lead', * from stg_freshsales__lead_fields
where policy('leads_as') = 'lead'
union all
select 'deals', 'deal', * from stg_freshsales__deal_fields
union all
select 'calls', 'call', * from stg_freshsales__activity_fields
union all
select 'emails', 'email', * from stg_freshsales__activity_fields
