-- Leads with company by name, owner, source, status and custom fields. What
-- the export calls a status is a contact's status in the suite, and a lead's
-- stage in the classic edition.
-- key: _source_id

with leads as (
    select * from int_leads__merged_by_email
),

first_stage as (
    select min(lifecycle_stage_id) as lifecycle_stage_id
    from stg_freshsales__lifecycle_stages
    where type = 'Lead'
),

options as (
    select
        field,
        match_key(source_value) as source_value,
        match_key(destination_value) as destination_value,
    from map_options
    where object = 'lead'
)

select
    leads.* exclude (tags),
    tagged.tags,
    coalesce(
        companies.company_source_id, namesakes.company_source_id
    ) as company_source_id,
    companies.is_ambiguous and namesakes.company_source_id is null
        as is_company_ambiguous,
    owners.owner_source_id,
    owners.owner_reason,
    first_stage.lifecycle_stage_id,
    statuses.contact_status_id,
    stages.lead_stage_id,
    sources.lead_source_id,
    custom.custom_field,
from leads
cross join first_stage
left join int_companies__keyed as companies
    on 'name:' || match_key(leads.company_name) = companies.company_key
-- Of several with one name, it is the one whose domain the address has.
left join int_companies__keyed as namesakes
    on 'name:' || match_key(leads.company_name) || '|'
    || domain_of(leads.email) = namesakes.company_key
left join int_owners__keyed as owners
    on coalesce(leads.owner_key, 'id:(none)') = owners.owner_key
left join options as status_options
    on match_key(leads.lead_status) = status_options.source_value
    and status_options.field = 'cf_lead_status'
left join stg_freshsales__contact_statuses as statuses
    on first_stage.lifecycle_stage_id = statuses.lifecycle_stage_id
    and match_key(statuses.name) = coalesce(
        status_options.destination_value, match_key(leads.lead_status)
    )
left join stg_freshsales__lead_stages as stages
    on match_key(stages.name) = coalesce(
        status_options.destination_value, match_key(leads.lead_status)
    )
left join options as source_options
    on match_key(leads.lead_source) = source_options.source_value
    and source_options.field = 'cf_lead_source'
left join stg_freshsales__lead_sources as sources
    on match_key(sources.name) = coalesce(
        source_options.destination_value, match_key(leads.lead_source)
    )
left join int_records__tagged as tagged
    on leads.lead_id = tagged.record_id
    and tagged.record_type = 'lead'
left join int_custom_fields__gathered as custom
    on leads._source_id = custom._source_id
    and custom.object = 'lead'
