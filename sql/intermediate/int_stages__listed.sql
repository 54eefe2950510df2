-- Every stage: those of the export, and those that only deals name.
-- key: _source_id

with pipelines as (
    select * from int_pipelines__matched where _duplicate is null
),

stages as (
    select
        stages._source_id, stages._duplicate, stages.stage_id,
        stages.pipeline_id, stages.name, stages.kind, stages.is_archived,
        stages.sort_order,
    from stg_smartdesk__stages as stages
),

named_only_by_deals as (
    select
        'stage:' || pipelines.pipeline_id || '/' || match_key(deals.stage_name)
            as _source_id,
        null::varchar as _duplicate,
        null::varchar as stage_id,
        pipelines.pipeline_id,
        min(deals.stage_name) as name,
        null::varchar as kind,
        false as is_archived,
        null::bigint as sort_order,
    from stg_smartdesk__deals as deals
    inner join pipelines
        on coalesce(deals.pipeline_id, match_key(deals.pipeline_name), '')
        in (pipelines.pipeline_id, match_key(pipelines.name))
    where deals.stage_id is null and deals.stage_name is not null
    group by pipelines.pipeline_id, match_key(deals.stage_name)
),

listed as (
    select * from stages
    union all
    select derived.*
    from named_only_by_deals as derived
    anti join stages
        on derived.pipeline_id = stages.pipeline_id
        and match_key(derived.name) = match_key(stages.name)
),

final as (
    select
        listed.*,
        pipelines._source_id as pipeline_source_id,
        pipelines.name as pipeline_name,
        pipelines.destination_pipeline_id,
    from listed
    left join pipelines on listed.pipeline_id = pipelines.pipeline_id
)

select * from final
