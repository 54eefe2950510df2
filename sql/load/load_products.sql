-- Products, matched by name with those that deals of the destination can name.
-- key: _source_id
-- skip: duplicate_id, deleted_at_source
-- queue: conflicting_id, product_unmatched

with products as (
    select * from stg_smartdesk__products
),

matched as (
    select
        products.*,
        destination.product_id as destination_product_id,
    from products
    left join stg_freshsales__products as destination
        on match_key(products.name) = match_key(destination.name)
    qualify row_number() over (
        partition by products._source_id order by destination.product_id
    ) = 1
),

final as (
    select
        _source_id,
        destination_product_id as id,
        row_skip_reason(_duplicate, is_deleted) as _skip_reason,
        coalesce(
            row_queue_reason(_duplicate),
            case
                when destination_product_id is null then 'product_unmatched'
            end
        ) as _queue_reason,
    from matched
)

select * replace (
    case when _skip_reason is null then _queue_reason end as _queue_reason
)
from final
