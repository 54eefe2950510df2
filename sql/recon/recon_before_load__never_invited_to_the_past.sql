-- Meetings that are over, about to be sent with people to invite: the account
-- would mail them. Who took part stands in the text. It is the program's own: a
-- workspace cannot change it, and no approval lifts it.
-- blocks: yes
-- fix: correct the script of meetings that was changed below sql/

select
    'meetings' as object,
    _source_id as source_id,
from load_meetings
where _skip_reason is null
    and _queue_reason is null
    and contains(json_keys(_body)::varchar, 'attendee')
    and coalesce(
        try_cast(_body ->> '$.end_date' as timestamptz) <= now(), true
    )
order by all
