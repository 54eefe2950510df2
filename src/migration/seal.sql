-- What remains to be done for {object}, and how: the load relation against the ledger. In the order of the relation: to sort
-- a million bodies takes twice the memory of sealing them as they stand.
with standing as (
    select
        wanted.*,
        case
            when '{write}' = 'match' then 'match'
            when outcomes.destination_id is not null then 'update'
            when outcomes.state in ('intent', 'unknown') then 'look_up'
            else 'create'
        end as _action,
        {id} as _destination_id,
    from main.load_{object} as wanted
    left join ledger_outcomes as outcomes
        on outcomes.object = '{object}' and outcomes.source_id = wanted._source_id
    where wanted._skip_reason is null
        and wanted._queue_reason is null
        and not coalesce(
            outcomes.state = 'accepted' and outcomes.accepted_hash = wanted._body_hash, false
        )
        and not coalesce(
            outcomes.state = 'rejected' and outcomes.body_hash = wanted._body_hash, false
        )
)
select * from standing
where true {parents_are_there}
