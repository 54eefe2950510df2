-- Campaigns of the destination account.
-- key: campaign_id

select
    try_cast(records.id as bigint) as campaign_id,
    records.record ->> '$.name' as name,
from raw_freshsales__campaigns as records
