-- Deals with what can be said of them before anything is loaded.
-- A deal without a name is called after its company and product, or its id.
-- key: _source_id

select
    * exclude (name),
    name is null as is_name_made_up,
    coalesce(
        name,
        coalesce(
            nullif(concat_ws(' - ', company_name, product_name), ''), 'Deal'
        ) || ' (' || deal_id || ')'
    ) as name,
    row_skip_reason(_duplicate, is_deleted) as skip_reason,
    coalesce(
        row_queue_reason(_duplicate),
        case when is_amount_unread then 'amount_not_read' end,
        case
            when value_amount is not null and currency_id is null
                then 'currency_unmatched'
        end
    ) as queue_reason,
from int_deals__linked
