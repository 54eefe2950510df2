-- Users, matched with those of the destination; nothing is written there.
-- A queued owner holds back every record that it owns.
-- key: _source_id
-- skip: duplicate_id, deleted_at_source
-- queue: conflicting_id, owner_on_hold, owner_undecided, owner_inactive

with owners as (
    select * from int_owners__matched
),

final as (
    select
        _source_id,
        destination_owner_id as id,
        row_skip_reason(_duplicate, is_deleted) as _skip_reason,
        coalesce(
            row_queue_reason(_duplicate), owner_reason
        ) as _queue_reason,
    from owners
)

select * replace (
    case when _skip_reason is null then _queue_reason end as _queue_reason
)
from final
