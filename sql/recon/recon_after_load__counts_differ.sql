-- Records there after the phase, against those before it and those we made.
-- Others may work in the account: a finding, with both numbers, no stop.
-- blocks: no

with reads as (
    select
        seq,
        "rows" as record_count,
        row_number() over (order by seq desc) as age,
    from ledger_events
    where event = 'read' and complete and name = '@object'
),

first_accepted as (
    select source_id, min(seq) as seq,
    from ledger_events
    where event = 'outcome'
        and object = '@object'
        and state = 'accepted'
        and reason is distinct from 'found by look-up'
    group by source_id
),

counted as (
    select
        before_read.record_count as count_before,
        after_read.record_count as count_after,
        (
            select count(*) from first_accepted
            where seq > before_read.seq and seq < after_read.seq
        ) as made_count,
    from reads as after_read
    inner join reads as before_read
        on after_read.age + 1 = before_read.age
    where after_read.age = 1
)

select '@object' as object, *
from counted
where count_after <> count_before + made_count
order by object
