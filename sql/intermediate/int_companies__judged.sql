-- Companies with what can be said of them before anything is loaded.
-- key: _source_id

select
    *,
    coalesce(
        row_skip_reason(_duplicate, is_deleted),
        case
            when survivor_source_id <> _source_id then 'duplicate_name'
        end
    ) as skip_reason,
    coalesce(
        row_queue_reason(_duplicate),
        case when name is null then 'missing_name' end,
        case when has_newer_namesake then 'duplicate_name' end
    ) as queue_reason,
from int_companies__linked
