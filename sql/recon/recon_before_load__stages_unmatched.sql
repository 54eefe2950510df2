-- Stages that have no counterpart, with the deals that wait for one.
-- blocks: no

with waiting as (
    select keyed.stage_source_id, count(*) as deals,
    from stg_smartdesk__deals as deals
    inner join int_stages__keyed as keyed
        on deals.stage_key = keyed.stage_key
    group by keyed.stage_source_id
)

select
    stages._source_id as source_id,
    stages.pipeline_name,
    stages.name as stage_name,
    coalesce(waiting.deals, 0) as deals,
from int_stages__matched as stages
left join waiting on stages._source_id = waiting.stage_source_id
where stages.destination_stage_id is null and stages._duplicate is null
order by source_id
