-- Each pipeline of the source beside the one it becomes.
-- title: Pipelines
-- order: 5
-- empty: The export has no pipelines.
-- key: source_id

select
    pipelines.name as pipeline,
    wanted.name as becomes,
    source.currency,
    source.is_default,
    source.is_archived,
    count(stages._source_id) as stages_count,
    pipelines._source_id as source_id,
from int_pipelines__matched as pipelines
left join stg_smartdesk__pipelines as source
    on pipelines._source_id = source._source_id
left join stg_freshsales__pipelines as wanted
    on pipelines.destination_pipeline_id = wanted.pipeline_id
left join int_stages__listed as stages
    on pipelines._source_id = stages.pipeline_source_id
    and stages._duplicate is null
where pipelines._duplicate is null
group by all
order by pipelines.name
