-- Deals with their company and their first contact, by id, then by name. What
-- stands for an id may be a name or an address as well.
-- key: _source_id

with deals as (
    select
        *,
        coalesce(
            'id:' || company_id, 'name:' || match_key(company_name)
        ) as company_key,
    from stg_smartdesk__deals
),

placed as (
    select
        deals.*,
        companies.company_source_id,
        case
            when companies.is_ambiguous then 'parent_ambiguous'
            when deals.company_key is not null
                and companies.company_source_id is null then 'parent_missing'
        end as company_reason,
        -- Keys of their own: the joins below are by equality alone.
        match_key(coalesce(deals.contact_id, deals.contact_name))
            as name_anywhere,
        match_key(coalesce(deals.contact_id, deals.contact_name)) || '|'
        || coalesce(companies.company_source_id, '') as name_in_company,
    from deals
    left join int_companies__keyed as companies
        on deals.company_key = companies.company_key
),

people as (
    select * from int_contacts__linked
    where _duplicate is null
)

select
    placed.* exclude (company_key, name_anywhere, name_in_company),
    coalesce(
        by_id.survivor_source_id,
        case when not in_company.is_ambiguous
            then in_company.contact_source_id end,
        case when not anywhere.is_ambiguous
            then anywhere.contact_source_id end
    ) as contact_source_id,
    case
        when by_id.survivor_source_id is not null then null
        when coalesce(in_company.is_ambiguous, anywhere.is_ambiguous)
            then 'parent_ambiguous'
        when placed.name_anywhere is not null
            and anywhere.name_key is null then 'parent_missing'
    end as contact_reason,
from placed
left join people as by_id
    on placed.contact_id = by_id.contact_id
left join int_contacts__named as in_company
    on placed.name_in_company = in_company.name_key
left join int_contacts__named as anywhere
    on placed.name_anywhere = anywhere.name_key
