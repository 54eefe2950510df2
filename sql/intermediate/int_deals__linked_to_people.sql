-- Deals with their company and their first contact, by id, then by name.
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
            when deals.company_key is not null
                and companies.company_source_id is null then 'parent_missing'
        end as company_reason,
    from deals
    left join int_companies__keyed as companies
        on deals.company_key = companies.company_key
)

select
    placed.* exclude (company_key),
    coalesce(
        by_id.survivor_source_id,
        case when not in_company.is_ambiguous
            then in_company.contact_source_id end,
        case when not anywhere.is_ambiguous
            then anywhere.contact_source_id end
    ) as contact_source_id,
    case
        when by_id.survivor_source_id is not null then null
        when placed.contact_id is not null then 'parent_missing'
        when coalesce(in_company.is_ambiguous, anywhere.is_ambiguous)
            then 'parent_ambiguous'
        when placed.contact_name is not null
            and anywhere.name_key is null then 'parent_missing'
    end as contact_reason,
from placed
left join int_contacts__linked as by_id
    on placed.contact_id = by_id.contact_id and by_id._duplicate is null
left join int_contacts__named as in_company
    on placed.contact_id is null
    and match_key(placed.contact_name) || '|'
        || coalesce(placed.company_source_id, '') = in_company.name_key
left join int_contacts__named as anywhere
    on placed.contact_id is null
    and match_key(placed.contact_name) = anywhere.name_key
