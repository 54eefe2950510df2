-- Where contacts and deals may come from.
-- key: lead_source_id

select
    try_cast(records.id as bigint) as lead_source_id,
    records.record ->> '$.name' as name,
from raw_freshsales__lead_sources as records
