select
    '@object' as object,
    wanted._source_id as source_id,
    case
        when outcomes.state in ('intent', 'unknown') then 'unknown'
        when outcomes.state = 'rejected' and outcomes.body_hash = wanted._body_hash then 'rejected'
        when outcomes.was_accepted and lost.is_lost then 'lost'
        -- What is there stays accepted, also when a later script would not send it any more.
        when outcomes.was_accepted and (
            outcomes.accepted_hash = wanted._body_hash
            or wanted._skip_reason is not null
            or wanted._queue_reason is not null
        ) then 'accepted'
        when wanted._skip_reason is not null then 'skipped'
        when wanted._queue_reason is not null then 'queued'
        else 'pending'
    end as bucket,
    coalesce(outcomes.reason, wanted._skip_reason, wanted._queue_reason) as reason,
    outcomes.destination_id as destination_id,
    stored.id is not null as is_stored,
from main.load_@object as wanted
left join ledger_outcomes as outcomes
    on outcomes.object = '@object' and outcomes.source_id = wanted._source_id
left join (select distinct id from raw_freshsales__@object) as stored
    on stored.id = outcomes.destination_id::varchar
left join ledger_reads as reads on reads.name = '@object'
cross join lateral (
    select coalesce(reads.seq > outcomes.seq and stored.id is null, false) as is_lost
) as lost
