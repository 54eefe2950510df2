-- Industries that a company may have.
-- key: industry_type_id

select
    try_cast(records.id as bigint) as industry_type_id,
    records.record ->> '$.name' as name,
from raw_freshsales__industry_types as records
