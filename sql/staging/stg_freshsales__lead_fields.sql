-- Fields that leads of the classic edition have, with their choices.
-- key: name

select
    records.record ->> '$.name' as name,
    records.record ->> '$.label' as label,
    lower(records.record ->> '$.type') as type,
    coalesce(
        try_cast(records.record ->> '$.required' as boolean), false
    ) as is_required,
    records.record ->> '$.choices[*].value' as choices,
from raw_freshsales__lead_fields as records
