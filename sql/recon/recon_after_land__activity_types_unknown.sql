-- Kinds of activities that are none of call, email, meeting, note; each such
-- activity becomes a note that says its kind.
-- blocks: no

select type, count(*) as activities,
from stg_smartdesk__activities
where type is null or type not in ('call', 'email', 'meeting', 'note')
group by type
order by type
