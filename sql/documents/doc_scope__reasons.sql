-- Why rows wait for a person, or stay behind for good. A parent that waits
-- holds back what hangs on it.
-- title: What waits, and what stays behind
-- order: 30
-- empty: Every row goes.

with quarantined as (
    select
        objects.object,
        objects.phase,
        'waits' as becomes,
        'record_not_readable' as reason,
        sum(files.quarantined)::bigint as rows_count,
    from landed_files as files
    inner join objects on files.object = objects.source
    where objects.has_quarantine
    group by all
    having sum(files.quarantined) > 0
),

reasons as (
    select
        objects.object,
        objects.phase,
        case buckets.bucket
            when 'queued' then 'waits'
            else 'stays behind'
        end as becomes,
        buckets.reason,
        count(*) as rows_count,
    from ledger_buckets as buckets
    inner join objects on buckets.object = objects.object
    where buckets.bucket in ('queued', 'skipped')
    group by all
),

final as (
    select * from reasons
    union all
    select * from quarantined
)

select object, becomes, replace(reason, '_', ' ') as reason, rows_count,
from final
order by phase, becomes desc, rows_count desc, reason
