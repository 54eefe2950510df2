-- Every key by which a record may name its company, and the survivor. A name
-- that several have means none of them, unless their domain is beside it. Some
-- exports write the name in the place of the id.
-- key: company_key

with companies as (
    select * from int_companies__merged_by_name where _duplicate is null
),

names as (
    select
        'name:' || match_key(name) as name_key,
        coalesce(domain_of(domain), domain_of(website)) as domain,
        survivor_source_id,
    from companies
    where name is not null and not is_deleted
),

counted as (
    select
        name_key,
        min(survivor_source_id) as company_source_id,
        min(survivor_source_id) <> max(survivor_source_id) as is_ambiguous,
    from names
    group by name_key
),

-- Keys are made for the names that stand for an id, not for every company.
asked as (
    select company_id from stg_smartdesk__contacts
    union
    select company_id from stg_smartdesk__deals
    union
    select company_id from stg_smartdesk__activities
    union
    select parent_company_id from stg_smartdesk__companies
),

called as (
    select
        'id:' || asked.company_id as company_key,
        case when not counted.is_ambiguous then counted.company_source_id end
            as company_source_id,
        counted.is_ambiguous,
    from asked
    inner join counted
        on 'name:' || match_key(asked.company_id) = counted.name_key
    anti join companies on asked.company_id = companies.company_id
),

final as (
    select
        'id:' || company_id as company_key,
        survivor_source_id as company_source_id,
        false as is_ambiguous,
    from companies
    union all
    select * from called
    union all
    select
        name_key,
        case when not is_ambiguous then company_source_id end,
        is_ambiguous,
    from counted
    union all
    select
        names.name_key || '|' || names.domain,
        min(names.survivor_source_id),
        false,
    from names
    inner join counted on names.name_key = counted.name_key
    where counted.is_ambiguous and names.domain is not null
    group by names.name_key, names.domain
    having min(names.survivor_source_id) = max(names.survivor_source_id)
)

select * from final
