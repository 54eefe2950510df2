-- What the deals are worth, by currency and status: without second rows of one
-- id, and without deleted ones.
-- title: Money by currency
-- order: 40
-- empty: The export has no deals.

select
    coalesce(status, 'not said') as status,
    count(*) as deals_count,
    sum(value_amount) as value_amount,
    value_currency,
    count_if(value_amount is null) as without_value_count,
    min(created_at)::date as first_created_date,
    max(created_at)::date as last_created_date,
from stg_smartdesk__deals
where _duplicate is null and not is_deleted
group by status, value_currency
order by value_currency, status
