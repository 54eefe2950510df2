-- Rows of one object that have not come to a good end.
select
    count(*) filter (where bucket = 'rejected') as rejected,
    count(*) filter (where bucket = 'unknown') as unknown,
    count(*) filter (where bucket = 'pending') as pending,
    count(*) filter (where bucket = 'lost') as lost,
    min(source_id || ': ' || coalesce(reason, 'no reason given'))
        filter (where bucket = 'rejected') as first_rejected,
from (
{buckets}
)
