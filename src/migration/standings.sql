select
    object,
    count(*) as source_rows,
    count(*) filter (where bucket = 'accepted') as accepted,
    count(*) filter (where bucket = 'skipped') as skipped,
    count(*) filter (where bucket = 'queued') as queued,
    count(*) filter (where bucket = 'rejected') as rejected,
    count(*) filter (where bucket = 'unknown') as unknown,
    count(*) filter (where bucket = 'pending') as pending,
    count(*) filter (where bucket = 'lost') as lost,
    count(*) filter (
        where bucket = 'accepted' and (is_stored or not is_read_back)
    ) as destination_rows,
from ledger_buckets
inner join objects using (object)
group by object
