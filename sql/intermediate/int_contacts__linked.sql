-- Contacts with their company, their owner and their lifecycle stage.
-- key: _source_id

with contacts as (
    select
        *,
        coalesce(
            'id:' || company_id, 'name:' || match_key(company_name)
        ) as company_key,
    from int_contacts__merged_by_email
),

options as (
    select
        match_key(source_value) as source_value,
        match_key(destination_value) as destination_value,
    from map_options
    where object = 'contact' and field = 'lifecycle_stage'
)

select
    contacts.* exclude (company_key, tags),
    tagged.tags,
    coalesce(
        companies.company_source_id, namesakes.company_source_id
    ) as company_source_id,
    case
        when coalesce(
            companies.company_source_id, namesakes.company_source_id
        ) is not null then null
        when companies.is_ambiguous then 'parent_ambiguous'
        when contacts.company_key is not null then 'parent_missing'
    end as company_reason,
    owners.owner_source_id,
    owners.owner_reason,
    lifecycle.lifecycle_stage_id,
    custom.custom_field,
from contacts
left join int_companies__keyed as companies
    on contacts.company_key = companies.company_key
-- Of several with one name, it is the one whose domain the address has.
left join int_companies__keyed as namesakes
    on contacts.company_key || '|' || domain_of(contacts.email)
    = namesakes.company_key
left join int_owners__keyed as owners
    on coalesce(contacts.owner_key, 'id:(none)') = owners.owner_key
left join options
    on match_key(contacts.lifecycle_stage) = options.source_value
left join stg_freshsales__lifecycle_stages as lifecycle
    on coalesce(
        options.destination_value, match_key(contacts.lifecycle_stage)
    ) = match_key(lifecycle.name)
left join int_records__tagged as tagged
    on contacts.contact_id = tagged.record_id
    and tagged.record_type = 'contact'
left join int_custom_fields__gathered as custom
    on contacts._source_id = custom._source_id
    and custom.object = 'contact'
