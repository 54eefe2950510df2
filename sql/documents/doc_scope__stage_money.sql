-- What the deals are worth, stage by stage: without second rows of one id, and
-- without deleted ones.
-- title: Money by stage
-- order: 50
-- empty: The export has no deals.

with placed as (
    select deals.value_amount, deals.value_currency, keyed.stage_source_id,
    from stg_smartdesk__deals as deals
    left join int_stages__keyed as keyed on deals.stage_key = keyed.stage_key
    where deals._duplicate is null and not deals.is_deleted
)

select
    stages.pipeline_name as pipeline,
    coalesce(stages.name, 'of no stage that is known') as stage,
    count(*) as deals_count,
    sum(placed.value_amount) as value_amount,
    placed.value_currency,
from placed
left join int_stages__listed as stages
    on placed.stage_source_id = stages._source_id
group by
    stages.pipeline_name, stages.name, stages.sort_order,
    placed.value_currency
order by
    stages.pipeline_name nulls last, stages.sort_order nulls last,
    stages.name, placed.value_currency
