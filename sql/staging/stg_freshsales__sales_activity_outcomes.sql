-- Outcomes of activities.
-- key: sales_activity_outcome_id

select
    try_cast(records.id as bigint) as sales_activity_outcome_id,
    records.record ->> '$.name' as name,
    try_cast(
        records.record ->> '$.sales_activity_type_id' as bigint
    ) as sales_activity_type_id,
from raw_freshsales__sales_activity_outcomes as records
