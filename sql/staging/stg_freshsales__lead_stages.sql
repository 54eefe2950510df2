-- Stages of leads, in the classic edition.
-- key: lead_stage_id

select
    try_cast(records.id as bigint) as lead_stage_id,
    records.record ->> '$.name' as name,
from raw_freshsales__lead_stages as records
