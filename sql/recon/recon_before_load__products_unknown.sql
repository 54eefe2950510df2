-- Names of products on deals that no product of the export bears, and products
-- that the destination does not have. The name is kept with the deal.
-- blocks: no

with names as (
    select product_name, count(*) as deals, sum(value_amount) as amount,
    from stg_smartdesk__deals
    where product_name is not null
        and _duplicate is null and not is_deleted
    group by product_name
)

select
    names.product_name,
    names.deals,
    names.amount,
    products._source_id is not null as is_in_export,
from names
left join stg_smartdesk__products as products
    on names.product_name = products.name
left join stg_freshsales__products as destination
    on names.product_name = destination.name
where products._source_id is null or destination.product_id is null
order by names.product_name
