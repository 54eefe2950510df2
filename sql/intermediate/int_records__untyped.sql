-- Records that tasks and activities name by an id alone, without its kind: the
-- one that has it. An id that records of several kinds have means none.
-- key: record_id

with wanted as (
    select parent_id as record_id
    from stg_smartdesk__tasks
    where parent_type is null and parent_id is not null
    union
    select parent_id
    from stg_smartdesk__activities
    where parent_type is null and parent_id is not null
),

found as (
    select records.*
    from int_records__keyed as records
    semi join wanted on records.record_id = wanted.record_id
),

final as (
    select
        record_id,
        any_value(object) as object,
        any_value(source_id) as source_id,
        any_value(targetable_type) as targetable_type,
        min(record_type) <> max(record_type) as is_ambiguous,
    from found
    group by record_id
)

select
    record_id,
    case when not is_ambiguous then object end as object,
    case when not is_ambiguous then source_id end as source_id,
    case when not is_ambiguous then targetable_type end as targetable_type,
    is_ambiguous,
from final
