-- Currencies that the destination account uses.
-- key: currency_id

select
    try_cast(records.id as bigint) as currency_id,
    upper(records.record ->> '$.currency_code') as currency_code,
    coalesce(
        try_cast(records.record ->> '$.is_active' as boolean), true
    ) as is_active,
from raw_freshsales__currencies as records
