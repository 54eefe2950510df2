select
    '@object' as object,
    wanted._source_id as source_id,
    case
        when outcomes.is_open then 'unknown'
        when outcomes.rejected_mark = md5_number(wanted._body_hash) then 'rejected'
        when outcomes.was_accepted and lost.is_lost then 'lost'
        -- What is there stays accepted, also when a later script would not send it any more.
        when outcomes.was_accepted and (
            outcomes.accepted_mark = md5_number(wanted._body_hash)
            or wanted._skip_reason is not null
            or wanted._queue_reason is not null
        ) then 'accepted'
        when wanted._skip_reason is not null then 'skipped'
        when wanted._queue_reason is not null then 'queued'
        else 'pending'
    end as bucket,
    coalesce(outcomes.reason, wanted._skip_reason, wanted._queue_reason) as reason,
    outcomes.destination_id,
    stored.is_stored,
from main.load_@object as wanted
-- A join holds this side: hashes are told apart by numbers of 128 bits, which are a fifth of their texts.
left join (
    select
        source_id,
        destination_id,
        reason,
        seq,
        was_accepted,
        state in ('intent', 'unknown') as is_open,
        case when state = 'rejected' then md5_number(body_hash) end as rejected_mark,
        md5_number(accepted_hash) as accepted_mark,
    from ledger_outcomes
    where object = '@object'
) as outcomes
    on outcomes.source_id = wanted._source_id
left join ledger_reads as reads on reads.name = '@object'
cross join lateral (
    select coalesce(
        outcomes.destination_id in (select try_cast(id as bigint) from raw_freshsales__@object), false
    ) as is_stored
) as stored
cross join lateral (
    select coalesce(reads.seq > outcomes.seq and not stored.is_stored, false) as is_lost
) as lost
