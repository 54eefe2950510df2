-- Every record that others can hang on, under the name they use for it.
-- A converted lead stands for the contact that it became.
-- key: record_type, record_id

with contacts as (
    select contact_id, survivor_source_id
    from int_contacts__judged
    where _duplicate is null
),

companies_and_deals as (
    select
        'company' as record_type,
        company_id as record_id,
        'companies' as object,
        survivor_source_id as source_id,
        'SalesAccount' as targetable_type,
    from int_companies__judged
    where _duplicate is null
    union all
    select 'deal', deal_id, 'deals', _source_id, 'Deal',
    from int_deals__judged
    where _duplicate is null
),

people as (
    select
        'contact' as record_type,
        contact_id as record_id,
        'contacts' as object,
        survivor_source_id as source_id,
        'Contact' as targetable_type,
    from contacts
    union all
    select
        'lead',
        leads.lead_id,
        case
            when became.converted_contact_source_id is null then 'leads'
            else 'contacts'
        end,
        coalesce(
            became.converted_contact_source_id, leads.survivor_source_id
        ),
        case
            when became.converted_contact_source_id is null
                and policy('leads_as') = 'lead' then 'Lead'
            else 'Contact'
        end,
    from int_leads__judged as leads
    left join int_leads__linked_to_contacts as became
        on leads._source_id = became._source_id
    where leads._duplicate is null
)

select * from companies_and_deals
union all
select * from people
