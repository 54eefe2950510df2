-- When each phase begins and ends if the load began now and nothing waited:
-- one after the other, in the windows of the day, with the share of the hour
-- that is left to the people who work in the account. The latest is for an
-- account whose people take as much again, and for answers in doubt that are
-- looked up. A load that runs plans this anew from what it sees.
--
-- Times are those of the clocks of `[quota] time_zone`.
-- title: Calendar
-- order: 15
-- key: phase

select
    phase,
    calls_so_far_count,
    strftime(begins, '%Y-%m-%d %H:%M') as begins,
    strftime(done, '%Y-%m-%d %H:%M') as done,
    strftime(at_the_latest, '%Y-%m-%d %H:%M') as at_the_latest,
    calls_per_hour_count,
    windows,
from estimated_calls
order by place
