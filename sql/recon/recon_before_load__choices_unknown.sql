-- Values that the destination offers no choice for: the field is left out.
-- A row in map_options settles each.
-- blocks: no

select object, _source_id as source_id, destination_field as field,
from int_custom_fields__typed
where len(refused_values) > 0
    and type in ('dropdown', 'multi_select')
union all
select 'contact', _source_id, 'lifecycle_stage_id',
from int_contacts__judged
where lifecycle_stage is not null and lifecycle_stage_id is null
union all
select
    'lead',
    _source_id,
    case
        when policy('leads_as') = 'lead' then 'lead_stage_id'
        else 'contact_status_id'
    end,
from int_leads__judged
where lead_status is not null
    and coalesce(contact_status_id, lead_stage_id) is null
    and skip_reason is null
union all
select 'lead', _source_id, 'lead_source_id',
from int_leads__judged
where lead_source is not null and lead_source_id is null
    and skip_reason is null
union all
select 'deal', _source_id, 'lead_source_id',
from int_deals__judged
where source is not null and lead_source_id is null
union all
select 'deal', _source_id, 'deal_reason_id',
from int_deals__judged
where lost_reason is not null and deal_reason_id is null
order by all
