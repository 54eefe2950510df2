-- What the deals are worth, by currency and status: without second rows of one
-- id, and without deleted ones.
-- title: Money by currency
-- order: 40
-- empty: The export has no deals.

with deals as (
    select
        *,
        case
            when status is null then 'not said'
            when status in ('open', 'won', 'lost') then status
            else 'another word'
        end as known_status,
    from stg_smartdesk__deals
    where _duplicate is null and not is_deleted
)

select
    known_status as status,
    count(*) as deals_count,
    sum(value_amount) as value_amount,
    value_currency,
    count_if(value_amount is null) as without_value_count,
    min(created_at)::date as first_created_date,
    max(created_at)::date as last_created_date,
from deals
group by known_status, value_currency
order by value_currency, known_status
