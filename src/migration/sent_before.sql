-- Rows that remain, and what was sent of those that are there already. What
-- remains stands here twice: the first time only for the ids of its updates.
with last_sent as (
    select outcomes.source_id, outcomes.accepted_hash
    from ledger_outcomes as outcomes
    semi join (
        select _source_id from ({remaining}) where _action = 'update'
    ) as updates
        on outcomes.source_id = updates._source_id
    where outcomes.object = '{object}'
),

-- A row may have been sealed more than once with the same body.
sealed as (
    select files._source_id, any_value(files._body) as _sent_body,
    from read_parquet([{files}], union_by_name := true) as files
    semi join last_sent
        on files._source_id = last_sent.source_id
        and files._body_hash = last_sent.accepted_hash
    group by files._source_id
)

select remaining.*, sealed._sent_body,
from ({remaining}) as remaining
left join sealed on remaining._source_id = sealed._source_id
