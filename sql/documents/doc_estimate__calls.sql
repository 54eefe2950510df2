-- Calls to write and to read back all that goes now or once somebody has
-- decided, as things usually go: what `deskferry plan` counts with.
-- title: Calls and hours by phase
-- order: 20
-- chart: phase, calls_count
-- key: phase

select
    estimated_calls.phase,
    coalesce(doc_scope__volumes.travels, 'read before anything is written')
        as travels,
    estimated_calls.rows_count,
    estimated_calls.waits_count,
    estimated_calls.calls_count,
    ceil(
        1000 * estimated_calls.calls_count
        / nullif(estimated_calls.rows_count, 0)
    )::bigint as calls_per_thousand_count,
    (
        estimated_calls.calls_count
        / nullif(estimated_calls.calls_per_hour_count, 0)
    )::decimal(18, 2) as hours,
from estimated_calls
left join doc_scope__volumes
    on estimated_calls.phase = doc_scope__volumes.object
order by estimated_calls.place
