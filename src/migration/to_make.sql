    -- Rows without a record of theirs: not in doubt, and not refused as they are.
    select wanted.*
    from main.load_{object} as wanted
    anti join ledger_outcomes as known
        on known.object = '{object}'
        and wanted._source_id = known.source_id
        and (
            known.destination_id is not null
            or known.state in ('intent', 'unknown')
            or (
                known.state = 'rejected'
                and known.body_hash = wanted._body_hash
            )
        )
    where wanted._skip_reason is null and wanted._queue_reason is null
