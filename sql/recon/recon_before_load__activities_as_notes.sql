-- Calls and e-mails that become notes, because the destination has no kind of
-- activity for them.
-- blocks: no

select type, count(*) as activities,
from int_activities__typed
where object = 'notes' and type in ('call', 'email')
group by type
order by type
