-- Ids for the rows of {object} that are going to be there: neither skipped nor queued, not known yet, not refused as they are.
insert into ledger_ids
select '{object}', wanted._source_id, {id}, true
from main.load_{object} as wanted
left join ledger_outcomes as outcomes
    on outcomes.object = '{object}' and outcomes.source_id = wanted._source_id
where wanted._skip_reason is null
    and wanted._queue_reason is null
    and not coalesce(outcomes.state = 'rejected' and outcomes.body_hash = wanted._body_hash, false)
    and not exists (
        select 1 from ledger_ids as known
        where known.object = '{object}' and known.source_id = wanted._source_id
    );
