-- Stages of Freshsales that no stage of the source becomes. They stay as they
-- are.
-- title: Stages there that nothing becomes
-- order: 40
-- empty: Each stage there has one at the source.

select
    pipelines.name as pipeline,
    stages.name as stage,
    stages.kind as type,
from stg_freshsales__stages as stages
left join stg_freshsales__pipelines as pipelines
    on stages.pipeline_id = pipelines.pipeline_id
anti join int_stages__matched as matched
    on stages.stage_id = matched.destination_stage_id
order by pipelines.name, stages.position
