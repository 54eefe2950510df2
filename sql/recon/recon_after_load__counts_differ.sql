-- Records there after the phase, against those before it and those we made.
-- Others may work in the account: a finding, with both numbers, no stop.
-- blocks: no

with counts as (
    select
        seq,
        "rows" as record_count,
        row_number() over (order by seq desc) as age,
    from ledger_counts
    where name = '@object'
),

counted as (
    select
        before_load.record_count as count_before,
        after_load.record_count as count_after,
        (
            select count(*) from ledger_outcomes as outcomes
            where outcomes.object = '@object'
                and outcomes.made_seq > before_load.seq
                and outcomes.made_seq < after_load.seq
        ) as made_count,
    from counts as after_load
    inner join counts as before_load
        on after_load.age + 1 = before_load.age
    where after_load.age = 1
)

select '@object' as object, *
from counted
where count_after <> count_before + made_count
order by object
