-- Kinds of activities the destination can log.
-- key: sales_activity_type_id

select
    try_cast(records.id as bigint) as sales_activity_type_id,
    records.record ->> '$.name' as name,
    lower(records.record ->> '$.internal_name') as internal_name,
from raw_freshsales__sales_activity_types as records
