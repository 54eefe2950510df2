-- The hardest part counts twice: a migration is as hard as its hardest part.
-- title: Overall
-- order: 5
-- key: complexity

with grades as (
    select
        (sum(grade) + max(grade)) / nullif(count(*) + 1, 0) as grade,
        arg_max(part, grade) as hardest,
    from doc_estimate__parts
),

calendar as (
    select
        sum(calls_count) as calls_count,
        (
            sum(calls_count) / nullif(max(calls_per_hour_count), 0)
        )::decimal(18, 1) as hours_of_calls,
        (
            date_diff('minute', min(begins), max(done)) / 1440
        )::decimal(18, 1) as days,
        max(done) as done,
    from estimated_calls
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
    calendar.calls_count,
    calendar.hours_of_calls,
    calendar.days,
    strftime(calendar.done, '%Y-%m-%d %H:%M') as done_if_begun_now,
from grades
cross join calendar
