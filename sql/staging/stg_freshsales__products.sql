-- Products that deals of the destination can name.
-- key: product_id

select
    try_cast(records.id as bigint) as product_id,
    records.record ->> '$.name' as name,
from raw_freshsales__products as records
