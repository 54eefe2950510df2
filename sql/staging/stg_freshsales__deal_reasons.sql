-- Reasons why deals are lost or won.
-- key: deal_reason_id

select
    try_cast(records.id as bigint) as deal_reason_id,
    records.record ->> '$.name' as name,
from raw_freshsales__deal_reasons as records
