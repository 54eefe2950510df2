-- Activities that end before they begin, which are sent as ending at once, and
-- calls and meetings without an end, which are sent as they are.
-- blocks: no

with questions as (
    select
        _source_id as source_id,
        case
            when ended_at < started_at then 'ends_before_start'
            when type in ('call', 'meeting') and started_at is not null
                and ended_at is null then 'end_missing'
        end as question,
    from stg_smartdesk__activities
    where _duplicate is null
)

select source_id, question,
from questions
where question is not null
order by all
