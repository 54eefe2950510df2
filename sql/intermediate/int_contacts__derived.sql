-- People whom activities and deals know by name only: one a name and company,
-- unless a contact of that name is in the export.
-- key: _source_id

with mentions as (
    select contact_name, company_id, company_name, created_at,
    from stg_smartdesk__activities
    where contact_name is not null and contact_id is null
        and _duplicate is null and not is_deleted
    union all
    select contact_name, company_id, company_name, created_at,
    from stg_smartdesk__deals
    where contact_name is not null and contact_id is null
        and _duplicate is null and not is_deleted
),

placed as (
    select
        mentions.*,
        companies.company_source_id,
    from mentions
    left join int_companies__keyed as companies
        on coalesce(
            'id:' || mentions.company_id,
            'name:' || match_key(mentions.company_name)
        ) = companies.company_key
),

unknown as (
    select placed.*
    from placed
    anti join stg_smartdesk__contacts as contacts
        on match_key(placed.contact_name) = match_key(contacts.full_name)
),

final as (
    select
        derived_contact_id(contact_name, company_source_id) as _source_id,
        min(contact_name) as full_name,
        min(company_id) as company_id,
        min(company_name) as company_name,
        min(created_at) as created_at,
    from unknown
    group by match_key(contact_name), company_source_id, _source_id
)

select * from final
