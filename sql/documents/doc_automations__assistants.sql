-- Settings of the source's assistant. Nothing there takes them over.
-- title: The assistant
-- order: 20
-- empty: The export tells of no assistant.

with settings as (
    select
        try_cast(record as json) as record,
        unnest(json_keys(try_cast(record as json))) as setting,
    from raw_smartdesk__ai_assistant
)

select
    setting,
    record ->> ('$."' || setting || '"') as value,
    'look whether the plan has a counterpart; set it by hand' as to_do,
from settings
order by setting
