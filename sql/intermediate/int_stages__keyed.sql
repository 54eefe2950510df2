-- Every key by which a deal may name its stage.
-- A name that stands for two stages decides nothing.
-- key: stage_key

with stages as (
    select * from int_stages__matched where _duplicate is null
),

keys as (
    select 'id:' || stage_id as stage_key, _source_id, pipeline_source_id
    from stages
    where stage_id is not null
    union
    select
        stage_key(null, pipeline_id, null, name),
        _source_id, pipeline_source_id,
    from stages
    where name is not null
    union
    select
        stage_key(null, null, pipeline_name, name),
        _source_id, pipeline_source_id,
    from stages
    where name is not null
),

final as (
    select
        stage_key,
        min(_source_id) as stage_source_id,
        min(pipeline_source_id) as pipeline_source_id,
    from keys
    group by stage_key
    having count(distinct _source_id) = 1
)

select * from final
