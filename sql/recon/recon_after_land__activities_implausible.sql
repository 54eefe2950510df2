-- Activities that end before they begin; they are sent as ending at once.
-- blocks: no

select _source_id as source_id
from stg_smartdesk__activities
where ended_at < started_at
order by source_id
