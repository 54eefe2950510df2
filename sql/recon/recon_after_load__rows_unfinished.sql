-- Rows that should be at the destination and are not known to be, and rows it
-- accepted that the load no longer holds.
-- blocks: yes
-- fix: `deskferry status` says where they stand, and `deskferry load` goes on
-- fix: with them

with wanted as (
    select _source_id from load_@object
    where _skip_reason is null and _queue_reason is null
),

outcomes as (
    select * from ledger_outcomes where object = '@object'
)

select
    wanted._source_id as source_id,
    coalesce(outcomes.state, 'pending') as state,
from wanted
left join outcomes on wanted._source_id = outcomes.source_id
where coalesce(outcomes.state, 'pending') not in ('accepted', 'rejected')
union all
select outcomes.source_id, 'lost',
from outcomes
anti join load_@object as known on outcomes.source_id = known._source_id
where outcomes.state = 'accepted'
order by all
