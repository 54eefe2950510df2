-- Each source stage with the one it becomes: decided, else by name within
-- the pipeline, else by position when both have equally many stages.
-- key: _source_id

with stages as (
    select
        *,
        row_number() over in_order as rank,
        count(*) over (partition by pipeline_source_id) as stage_count,
    from int_stages__listed
    where _duplicate is null
    window in_order as (partition by pipeline_source_id order by sort_order)
),

wanted as (
    select
        *,
        row_number() over (partition by pipeline_id order by position) as rank,
        count(*) over (partition by pipeline_id) as stage_count,
    from stg_freshsales__stages
),

decided as (
    select
        stages._source_id,
        wanted.stage_id as destination_stage_id,
    from stages
    inner join map_stages as decisions
        on match_key(stages.name) = match_key(decisions.source_stage)
        and coalesce(match_key(stages.pipeline_name), '')
            = coalesce(match_key(decisions.source_pipeline), '')
    left join stg_freshsales__pipelines as pipelines
        on match_key(decisions.destination_pipeline)
        = match_key(pipelines.name)
    inner join wanted
        on match_key(decisions.destination_stage) = match_key(wanted.name)
        and wanted.pipeline_id = coalesce(
            pipelines.pipeline_id, stages.destination_pipeline_id
        )
),

matched_by_name as (
    select
        stages._source_id,
        wanted.stage_id as destination_stage_id,
    from stages
    anti join decided on stages._source_id = decided._source_id
    inner join wanted
        on stages.destination_pipeline_id = wanted.pipeline_id
        and match_key(stages.name) = match_key(wanted.name)
),

matched as (
    select *, 'decision' as matched_by from decided
    union all
    select *, 'name' from matched_by_name
),

matched_by_position as (
    select
        stages._source_id,
        wanted.stage_id as destination_stage_id,
        'position' as matched_by,
    from stages
    anti join matched on stages._source_id = matched._source_id
    inner join wanted
        on stages.destination_pipeline_id = wanted.pipeline_id
        and stages.stage_count = wanted.stage_count
        and stages.rank = wanted.rank
        and stages.kind is not distinct from wanted.kind
    anti join matched as taken
        on wanted.stage_id = taken.destination_stage_id
    where stages.sort_order is not null
),

final as (
    select
        listed.*,
        found.destination_stage_id,
        found.matched_by,
    from int_stages__listed as listed
    left join (
        select * from matched union all select * from matched_by_position
    ) as found
        on listed._source_id = found._source_id
)

select * from final
