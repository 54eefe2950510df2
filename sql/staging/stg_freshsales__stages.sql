-- Stages of the destination's pipelines.
-- key: stage_id

select
    try_cast(records.id as bigint) as stage_id,
    try_cast(
        records.record ->> '$.deal_pipeline_id' as bigint
    ) as pipeline_id,
    records.record ->> '$.name' as name,
    try_cast(records.record ->> '$.position' as integer) as position,
    lower(records.record ->> '$.forecast_type') as kind,
from raw_freshsales__stages as records
