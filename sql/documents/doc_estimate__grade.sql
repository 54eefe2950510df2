-- The hardest part counts twice: a migration is as hard as its hardest part.
-- title: Overall
-- order: 5
-- key: complexity

with grades as (
    select
        (sum(grade) + max(grade)) / nullif(count(*) + 1, 0) as grade,
        arg_max(part, grade) as hardest,
    from doc_estimate__parts
)

select
    case
        when grade < 2 then 'low'
        when grade < 3 then 'medium'
        when grade < 4 then 'high'
        else 'very high'
    end as complexity,
    round(grade, 1) as grade,
    hardest as hardest_part,
    round(
        (select sum(calls_count) from doc_estimate__calls)
        / nullif(calls_allowed(destination_plan()), 0), 2
    ) as hours_of_calls,
from grades
