-- Texts of activities and tasks that do not arrive as they look: with pictures
-- inside, or longer than the destination's notes.
-- blocks: no

with bodies as (
    select 'activity' as object, id as source_id, body,
    from raw_smartdesk__activity
    union all
    select 'task', id, description,
    from raw_smartdesk__task
)

select object, source_id, body_oddity(body) as oddity,
from bodies
where body_oddity(body) is not null
order by all
