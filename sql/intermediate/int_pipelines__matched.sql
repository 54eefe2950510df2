-- Each source pipeline with the one it becomes: decided, else by name.
-- Deals that name no pipeline belong to the destination's default one.
-- key: _source_id

with pipelines as (
    select _source_id, _duplicate, pipeline_id, name,
    from stg_smartdesk__pipelines
),

named_only_by_deals as (
    select
        'pipeline:' || coalesce(match_key(deals.pipeline_name), 'default')
            as _source_id,
        null::varchar as _duplicate,
        coalesce(match_key(deals.pipeline_name), '') as pipeline_id,
        min(deals.pipeline_name) as name,
    from stg_smartdesk__deals as deals
    where deals.stage_id is null
        and deals.pipeline_id is null
        and deals.stage_name is not null
    group by match_key(deals.pipeline_name)
),

listed as (
    select * from pipelines
    union all
    select derived.*
    from named_only_by_deals as derived
    anti join pipelines on match_key(derived.name) = match_key(pipelines.name)
),

decisions as (
    select
        coalesce(match_key(source_pipeline), '') as source_pipeline,
        min(match_key(destination_pipeline)) as destination_pipeline,
    from map_stages
    where clean_text(destination_pipeline) is not null
    group by all
    having count(distinct match_key(destination_pipeline)) = 1
),

final as (
    select
        listed.*,
        destination.pipeline_id as destination_pipeline_id,
    from listed
    left join decisions
        on coalesce(match_key(listed.name), '') = decisions.source_pipeline
    left join stg_freshsales__pipelines as destination
        on case
            when coalesce(
                decisions.destination_pipeline, match_key(listed.name)
            ) is null then destination.is_default
            else match_key(destination.name) = coalesce(
                decisions.destination_pipeline, match_key(listed.name)
            )
        end
    qualify row_number() over (
        partition by listed._source_id order by destination.pipeline_id
    ) = 1
)

select * from final
