-- What each stage of the source becomes, or might.
-- key: object, source

with ranked as (
    select
        *,
        row_number() over by_stage as place,
        lead(destination_stage) over by_stage as runner_up,
        lead(confidence) over by_stage as runner_up_confidence,
    from prop_stages__compared
    window by_stage as (
        partition by _source_id
        order by confidence desc, destination_stage_id
    )
),

waiting as (
    select keyed.stage_source_id, count(*) as deals,
    from stg_smartdesk__deals as deals
    inner join int_stages__keyed as keyed
        on deals.stage_key = keyed.stage_key
    where deals._duplicate is null
    group by keyed.stage_source_id
),

judged as (
    select
        stages._source_id,
        stages.name,
        stages.pipeline_name,
        stages.matched_by,
        coalesce(waiting.deals, 0) as deals,
        pipelines.name || ' / ' || there.name as decided_as,
        best.* exclude (_source_id, confidence),
        case
            when stages.destination_stage_id is not null then 1.0
            else coalesce(best.confidence, 0)
        end as confidence,
    from int_stages__matched as stages
    left join waiting on stages._source_id = waiting.stage_source_id
    left join stg_freshsales__stages as there
        on stages.destination_stage_id = there.stage_id
    left join stg_freshsales__pipelines as pipelines
        on there.pipeline_id = pipelines.pipeline_id
    left join ranked as best
        on stages._source_id = best._source_id and best.place = 1
    where stages._duplicate is null
),

final as (
    select
        *,
        case
            when decided_as is not null then 'decided'
            else proposal_status(
                confidence, runner_up_confidence, likeness = 1
            )
        end as status,
        decided_as is null and confidence >= proposal_floor() as is_near,
        case
            when matched_by = 'decision' then 'map_stages says so'
            when decided_as is not null then 'found by ' || matched_by
            when confidence < proposal_floor() then 'no stage there is like it'
            when is_only_one then 'the only stage there that is ' || kind
            else format(
                'names `{}` and `{}` {:.2f}', name, destination_stage, likeness
            )
        end as evidence,
    from judged
)

select
    'stage' as object,
    concat_ws(' / ', pipeline_name, name) as source,
    case
        when is_near then destination_pipeline || ' / ' || destination_stage
        else decided_as
    end as destination,
    round(confidence, 3) as confidence,
    evidence,
    case when runner_up_confidence >= 0.3 then runner_up end as runner_up,
    case
        when runner_up_confidence >= 0.3 then round(runner_up_confidence, 3)
    end as runner_up_confidence,
    []::varchar[] as lossy,
    case when status = 'none' then deals else 0 end as rows_affected,
    deals as rows,
    status,
    false as is_to_create,
    'map_stages' as map,
    case
        when is_near then [map {
            'source_pipeline': coalesce(pipeline_name, ''),
            'source_stage': name,
            'destination_pipeline': destination_pipeline,
            'destination_stage': destination_stage
        }]
        else []
    end as answers,
from final
