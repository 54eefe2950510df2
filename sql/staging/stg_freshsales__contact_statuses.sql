-- Statuses within the lifecycle stages.
-- key: contact_status_id

select
    try_cast(records.id as bigint) as contact_status_id,
    records.record ->> '$.name' as name,
    try_cast(
        records.record ->> '$.lifecycle_stage_id' as bigint
    ) as lifecycle_stage_id,
from raw_freshsales__contact_statuses as records
