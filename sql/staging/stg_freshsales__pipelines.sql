-- Pipelines of the destination account.
-- key: pipeline_id

select
    try_cast(records.id as bigint) as pipeline_id,
    records.record ->> '$.name' as name,
    coalesce(
        try_cast(records.record ->> '$.is_default' as boolean), false
    ) as is_default,
from raw_freshsales__pipelines as records
