-- Companies with parent, owner, industry, tags and custom fields.
-- key: _source_id

with companies as (
    select * from int_companies__linked_to_parents
),

options as (
    select
        match_key(source_value) as source_value,
        match_key(destination_value) as destination_value,
    from map_options
    where object = 'company' and field = 'industry'
)

select
    companies.* exclude (tags),
    tagged.tags,
    owners.owner_source_id,
    owners.owner_reason,
    industries.industry_type_id,
    custom.custom_field,
    custom.standard,
from companies
left join int_owners__keyed as owners
    on coalesce(companies.owner_key, 'id:(none)') = owners.owner_key
left join options
    on match_key(companies.industry) = options.source_value
left join stg_freshsales__industry_types as industries
    on coalesce(options.destination_value, match_key(companies.industry))
    = match_key(industries.name)
left join int_records__tagged as tagged
    on companies.company_id = tagged.record_id
    and tagged.record_type = 'company'
left join int_custom_fields__gathered as custom
    on companies._source_id = custom._source_id
    and custom.object = 'company'
