-- What the deals are worth, owner by owner: without second rows of one id, and
-- without deleted ones.
-- title: Money by owner
-- order: 60
-- empty: The export has no deals.

with owned as (
    select deals.value_amount, deals.value_currency, keyed.owner_source_id,
    from stg_smartdesk__deals as deals
    left join int_owners__keyed as keyed on deals.owner_key = keyed.owner_key
    where deals._duplicate is null and not deals.is_deleted
)

select
    coalesce(owners.email, owners.full_name, owners.user_id, 'nobody')
        as owner,
    count(*) as deals_count,
    sum(owned.value_amount) as value_amount,
    owned.value_currency,
from owned
left join int_owners__listed as owners
    on owned.owner_source_id = owners._source_id
group by all
order by deals_count desc, owner, owned.value_currency
