-- Deals with everything the destination knows by an id of its own.
-- key: _source_id

with deals as (
    select * from int_deals__linked_to_people
),

options as (
    select
        field,
        match_key(source_value) as source_value,
        match_key(destination_value) as destination_value,
    from map_options
    where object = 'deal'
),

products as (
    select _source_id, product_id, name
    from stg_smartdesk__products
    where _duplicate is null
)

select
    deals.* exclude (tags),
    tagged.tags,
    owners.owner_source_id,
    owners.owner_reason,
    stages.stage_source_id,
    stages.pipeline_source_id,
    coalesce(
        products_by_id._source_id, products_by_name._source_id
    ) as product_source_id,
    currencies.currency_id,
    reasons.deal_reason_id,
    sources.lead_source_id,
    custom.custom_field,
from deals
left join int_owners__keyed as owners
    on coalesce(deals.owner_key, 'id:(none)') = owners.owner_key
left join int_stages__keyed as stages
    on deals.stage_key = stages.stage_key
left join products as products_by_id
    on deals.product_id = products_by_id.product_id
left join products as products_by_name
    on deals.product_id is null
    and match_key(deals.product_name) = match_key(products_by_name.name)
left join stg_freshsales__currencies as currencies
    on deals.value_currency = currencies.currency_code
    and currencies.is_active
left join options as reason_options
    on match_key(deals.lost_reason) = reason_options.source_value
    and reason_options.field = 'lost_reason'
left join stg_freshsales__deal_reasons as reasons
    on match_key(reasons.name) = coalesce(
        reason_options.destination_value, match_key(deals.lost_reason)
    )
left join options as source_options
    on match_key(deals.source) = source_options.source_value
    and source_options.field = 'source'
left join stg_freshsales__lead_sources as sources
    on match_key(sources.name) = coalesce(
        source_options.destination_value, match_key(deals.source)
    )
left join int_records__tagged as tagged
    on deals.deal_id = tagged.record_id
    and tagged.record_type = 'deal'
left join int_custom_fields__gathered as custom
    on deals._source_id = custom._source_id
    and custom.object = 'deal'
