-- Exact: the same name. By case: the same but for case and blanks. By position:
-- as many stages there, and this one stands at the same place; somebody should
-- look at those. Deals of a missing stage wait.
-- title: Stage by stage
-- order: 10
-- empty: The export has no stages.
-- key: source_id

with waiting as (
    select
        keyed.stage_source_id,
        count(*) as deals_count,
    from stg_smartdesk__deals as deals
    inner join int_stages__keyed as keyed
        on deals.stage_key = keyed.stage_key
    where deals._duplicate is null and not deals.is_deleted
    group by keyed.stage_source_id
),

known as (
    select count(*) > 0 as are_stages_known from stg_freshsales__stages
),

wanted as (
    select
        stages.*,
        pipelines.name as pipeline_name,
        try_cast(records.record ->> '$.probability' as double)
            as probability,
    from stg_freshsales__stages as stages
    left join stg_freshsales__pipelines as pipelines
        on stages.pipeline_id = pipelines.pipeline_id
    left join raw_freshsales__stages as records
        on stages.stage_id = try_cast(records.id as bigint)
)

select
    stages.pipeline_name as pipeline,
    stages.name as stage,
    row_number() over (
        partition by stages.pipeline_name
        order by stages.sort_order nulls last, stages.name
    ) as position,
    case
        when stages.matched_by = 'decision' then 'as decided'
        when stages.matched_by = 'position' then 'by position'
        when stages.name = wanted.name then 'exact'
        when stages.matched_by = 'name' then 'by case'
        when known.are_stages_known then 'missing'
        else 'stages there are not known yet'
    end as matched,
    wanted.pipeline_name as becomes_pipeline,
    wanted.name as becomes_stage,
    coalesce(stages.kind, 'not said') as type,
    wanted.kind as type_there,
    source.probability / 100 as probability_share,
    wanted.probability / 100 as probability_there_share,
    coalesce(waiting.deals_count, 0) as deals_count,
    stages.is_archived,
    stages._source_id as source_id,
from int_stages__matched as stages
cross join known
left join stg_smartdesk__stages as source
    on stages._source_id = source._source_id
left join wanted on stages.destination_stage_id = wanted.stage_id
left join waiting on stages._source_id = waiting.stage_source_id
where stages._duplicate is null
order by stages.pipeline_name, stages.sort_order nulls last, stages.name
