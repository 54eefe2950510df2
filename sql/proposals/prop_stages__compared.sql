-- Each source stage without a counterpart against the destination's stages of
-- its pipeline, or of all of them where the pipeline has none either.
-- key: _source_id, destination_stage_id

with pipelines as (
    select
        source.pipeline_id,
        destination.pipeline_id as destination_pipeline_id,
        destination.name,
        case
            when source.destination_pipeline_id is not null then 1.0
            else greatest(
                case when count(*) over same_source = 1 then 0.95 else 0 end,
                coalesce(name_likeness(here.words, there.words), 0)
            )
        end as likeness,
    from int_pipelines__matched as source
    inner join stg_freshsales__pipelines as destination
        on coalesce(source.destination_pipeline_id, destination.pipeline_id)
        = destination.pipeline_id
    left join prop_names__worded as here on source.name = here.name
    left join prop_names__worded as there on destination.name = there.name
    window same_source as (partition by source.pipeline_id)
),

wanted as (
    select
        *,
        count(*) over (partition by pipeline_id, kind) as of_this_kind,
    from stg_freshsales__stages
),

-- A stage that only deals name says by its name whether it is won.
stages as (
    select
        stages.* exclude (kind),
        here.words,
        coalesce(stages.kind, case
            when list_contains(here.words, '=won') then 'won'
            when list_contains(here.words, '=lost') then 'lost'
        end) as kind,
    from int_stages__matched as stages
    left join prop_names__worded as here on stages.name = here.name
    where stages.destination_stage_id is null
        and stages._duplicate is null
),

pairs as (
    select
        stages._source_id,
        wanted.stage_id as destination_stage_id,
        pipelines.name as destination_pipeline,
        wanted.name as destination_stage,
        stages.kind,
        pipelines.likeness as pipeline_likeness,
        coalesce(name_likeness(stages.words, there.words), 0) as likeness,
        wanted.kind in ('won', 'lost') and stages.kind = wanted.kind
            and wanted.of_this_kind = 1 as is_only_one,
        coalesce(stages.kind <> wanted.kind, false) as is_other_kind,
    from stages
    inner join pipelines on stages.pipeline_id = pipelines.pipeline_id
    inner join wanted
        on pipelines.destination_pipeline_id = wanted.pipeline_id
    left join prop_names__worded as there on wanted.name = there.name
)

select
    *,
    case
        when is_other_kind then 0
        else pipeline_likeness
            * greatest(0.97 * likeness, case when is_only_one then 0.93 end)
    end as confidence,
from pairs
