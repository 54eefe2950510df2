-- Pipelines, matched with those of the destination; nothing is written there.
-- key: _source_id
-- skip: duplicate_id
-- queue: conflicting_id, pipeline_unmatched

select
    _source_id,
    destination_pipeline_id as id,
    row_skip_reason(_duplicate, false) as _skip_reason,
    case
        when _duplicate = 'copy' then null
        when _duplicate is not null then row_queue_reason(_duplicate)
        when destination_pipeline_id is null then 'pipeline_unmatched'
    end as _queue_reason,
from int_pipelines__matched
