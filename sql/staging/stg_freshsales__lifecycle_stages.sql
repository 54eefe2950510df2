-- Lifecycle stages of contacts.
-- key: lifecycle_stage_id

select
    try_cast(records.id as bigint) as lifecycle_stage_id,
    records.record ->> '$.name' as name,
    records.record ->> '$.type' as type,
from raw_freshsales__lifecycle_stages as records
