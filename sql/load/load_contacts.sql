-- Contacts Freshsales shall hold: one per e-mail address. Consent is never
-- loosened; who opted out is marked so, and nobody is subscribed.
-- key: _source_id
-- require: last_name, external_id
-- unique: email
-- unique: external_id
-- references: owner_id -> owners
-- references: _company_id -> companies
-- skip: duplicate_id, deleted_at_source, duplicate_email
-- queue: conflicting_id, missing_email, missing_last_name, duplicate_email
-- queue: owner_on_hold, owner_undecided, owner_inactive
-- queue: parent_missing, parent_ambiguous, parent_not_loaded

with contacts as (
    select * from int_contacts__judged
),

ids as (
    select * from ledger_ids where object in ('owners', 'companies')
),

placed as (
    select
        contacts.*,
        owner_ids.destination_id as destination_owner_id,
        company_ids.destination_id as destination_company_id,
    from contacts
    left join ids as owner_ids
        on contacts.owner_source_id = owner_ids.source_id
        and owner_ids.object = 'owners'
    left join ids as company_ids
        on contacts.company_source_id = company_ids.source_id
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
    street as address,
    city,
    state,
    postal_code as zipcode,
    country,
    linkedin_url as linkedin,
    _source_id as external_id,
    lifecycle_stage_id,
    destination_owner_id as owner_id,
    destination_company_id as _company_id,
    case
        when destination_company_id is not null
            then [{'id': destination_company_id, 'is_primary': true}]
    end as sales_accounts,
    tags,
    is_opted_out as cf_email_opt_out,
    opted_out_at as cf_email_opt_out_at,
    is_do_not_call as cf_do_not_call,
    consent_source as cf_consent_source,
    consent_at as cf_consent_at,
    salutation as cf_salutation,
    department as cf_department,
    email_secondary as cf_email_secondary,
    birthday as cf_birthday,
    lead_id as cf_source_lead_id,
    created_at as cf_source_created_at,
    updated_at as cf_source_updated_at,
    custom_field,
    skip_reason as _skip_reason,
    unless_skipped(
        coalesce(
            queue_reason,
            owner_reason(owner_key, owner_reason, destination_owner_id),
            parent_reason(
                company_source_id, company_reason, destination_company_id
            )
        ),
        skip_reason
    ) as _queue_reason,
from placed
