-- Users of the destination account.
-- key: owner_id

select
    try_cast(records.id as bigint) as owner_id,
    lower(records.record ->> '$.email') as email,
    records.record ->> '$.display_name' as full_name,
    coalesce(
        try_cast(records.record ->> '$.is_active' as boolean), true
    ) as is_active,
from raw_freshsales__owners as records
