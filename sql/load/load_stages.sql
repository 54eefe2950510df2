-- Stages, matched with those of the destination; nothing is written there.
-- key: _source_id
-- references: deal_pipeline_id -> pipelines
-- skip: duplicate_id
-- queue: conflicting_id, stage_unmatched

with stages as (
    select * from int_stages__matched
),

pipeline_ids as (
    select source_id, destination_id from ledger_ids
    where object = 'pipelines'
),

final as (
    select
        stages._source_id,
        stages.destination_stage_id as id,
        pipeline_ids.destination_id as deal_pipeline_id,
        row_skip_reason(stages._duplicate, false) as _skip_reason,
        case
            when stages._duplicate = 'copy' then null
            when stages._duplicate is not null
                then row_queue_reason(stages._duplicate)
            when stages.destination_stage_id is null then 'stage_unmatched'
        end as _queue_reason,
    from stages
    left join pipeline_ids
        on stages.pipeline_source_id = pipeline_ids.source_id
)

select * from final
