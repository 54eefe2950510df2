-- Sums of deals per currency and stage: what was accepted against what the
-- destination shows. A row is a difference.
-- blocks: yes
-- fix: find the deals of this stage and currency that somebody changed there,
-- fix: put them right, then `deskferry verify`

with accepted as (
    select
        deals.currency_id, deals.deal_stage_id,
        count(*) as deals,
        coalesce(sum(deals.amount), 0) as amount,
    from load_deals as deals
    inner join ledger_outcomes as outcomes
        on deals._source_id = outcomes.source_id
        and outcomes.object = 'deals'
        and outcomes.state = 'accepted'
    group by all
),

stored as (
    select
        try_cast(record ->> '$.currency_id' as bigint) as currency_id,
        try_cast(record ->> '$.deal_stage_id' as bigint) as deal_stage_id,
        count(*) as deals,
        coalesce(
            sum(try_cast(record ->> '$.amount' as decimal(18, 4))), 0
        ) as amount,
    from raw_freshsales__deals
    where nullif(record ->> '$.custom_field.cf_source_id', '') is not null
    group by all
)

select
    coalesce(accepted.currency_id, stored.currency_id) as currency_id,
    coalesce(accepted.deal_stage_id, stored.deal_stage_id) as deal_stage_id,
    accepted.deals as accepted_deals,
    stored.deals as stored_deals,
    accepted.amount as accepted_amount,
    stored.amount as stored_amount,
from accepted
full join stored
    on accepted.currency_id is not distinct from stored.currency_id
    and accepted.deal_stage_id is not distinct from stored.deal_stage_id
where accepted.deals is distinct from stored.deals
    or accepted.amount is distinct from stored.amount
order by all
