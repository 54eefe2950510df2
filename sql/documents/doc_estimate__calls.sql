-- Calls to write and to read back all that goes now or once somebody has
-- decided, by how each object travels, and the hours that the plan gives them.
-- `deskferry plan` has the calendar of what goes now: windows, share left free,
-- and what a load has really cost.
-- title: Calls and hours by phase
-- order: 20
-- chart: object, calls_count
-- key: object

with priced as (
    select
        *,
        goes_count + waits_count as moved_count,
        case
            when travels like '%a hundred a call' then 0.05
            when travels like 'created, one%' or travels like 'uploaded%'
                then 1.01
            when travels like '%one a call' then 1.01
            else 0
        end as calls_a_row,
    from doc_scope__volumes
)

select
    object,
    travels,
    moved_count as rows_count,
    waits_count,
    ceil(moved_count * calls_a_row)::bigint as calls_count,
    round(
        ceil(moved_count * calls_a_row)
        / nullif(calls_allowed(destination_plan()), 0), 2
    ) as hours,
from priced
where moved_count > 0 and calls_a_row > 0
