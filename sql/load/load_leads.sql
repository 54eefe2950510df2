-- Open leads: in the suite contacts in the lifecycle stage Lead, in the
-- classic edition leads with their company inside. Consent is never
-- loosened; who opted out is marked so, and nobody is subscribed.
-- key: _source_id
-- require: last_name, external_id
-- unique: email
-- unique: external_id
-- references: owner_id -> owners
-- references: _company_id -> companies
-- skip: duplicate_id, deleted_at_source, converted, duplicate_email
-- queue: conflicting_id, email_of_contact, missing_email, missing_last_name
-- queue: duplicate_email, lifecycle_stage_missing, parent_ambiguous
-- queue: owner_on_hold, owner_undecided, owner_inactive

with leads as (
    select * from int_leads__judged
),

ids as (
    select * from ledger_ids where object in ('owners', 'companies')
),

placed as (
    select
        leads.*,
        policy('leads_as') = 'lead' as is_lead_there,
        owner_ids.destination_id as destination_owner_id,
        company_ids.destination_id as destination_company_id,
    from leads
    left join ids as owner_ids
        on leads.owner_source_id = owner_ids.source_id
        and owner_ids.object = 'owners'
    left join ids as company_ids
        on leads.company_source_id = company_ids.source_id
        and company_ids.object = 'companies'
)

select
    _source_id,
    first_name,
    last_name,
    email,
    mobile as mobile_number,
    phone as work_number,
    job_title,
    country,
    _source_id as external_id,
    lifecycle_stage_id,
    contact_status_id,
    lead_stage_id,
    lead_source_id,
    destination_owner_id as owner_id,
    destination_company_id as _company_id,
    case
        when is_lead_there and company_name is not null
            then {'name': company_name, 'website': website}
    end as company,
    case
        when not is_lead_there and destination_company_id is not null
            then [{'id': destination_company_id, 'is_primary': true}]
    end as sales_accounts,
    tags,
    case when not is_lead_there then company_name end as cf_lead_company,
    case
        when not is_lead_there or company_name is null then website
    end as cf_lead_website,
    lead_source as cf_lead_source,
    lead_status as cf_lead_status,
    score::double as cf_lead_score,
    is_to_convert as cf_should_convert,
    is_opted_out as cf_email_opt_out,
    created_at as cf_source_created_at,
    updated_at as cf_source_updated_at,
    custom_field,
    skip_reason as _skip_reason,
    unless_skipped(
        coalesce(
            queue_reason,
            case
                when not is_lead_there and lifecycle_stage_id is null
                    then 'lifecycle_stage_missing'
            end,
            owner_reason(owner_key, owner_reason, destination_owner_id)
        ),
        skip_reason
    ) as _queue_reason,
from placed
