-- Five parts, each from 1 (easy) to 5 (hard), with the rule and the number that
-- it was taken from. Over two million records a load takes days in any plan: it
-- is said so.
-- title: How hard, part by part
-- order: 10
-- chart: part, grade
-- key: part

with records as (
    select sum(goes_count + waits_count) as records_count
    from doc_scope__volumes
    where travels <> 'counted, never migrated'
),

unlike as (
    select count(*) as objects_count
    from doc_scope__volumes
    where rows_count > 0
        and travels in (
            'counted, never migrated', 'put aside as files, for a person'
        )
),

unclear as (
    select sum(bad_rows) as rows_count
    from recon_results
    where blocks in ('decide', 'yes')
        and "when" in ('after_land', 'before_load')
),

calls as (
    select
        sum(calls_count) as calls_count,
        date_diff('hour', min(begins), max(done)) as hours,
    from estimated_calls
),

measured as (
    select
        'object compatibility' as part,
        objects_count as measured,
        'objects with rows that have no counterpart' as of_what,
        [0, 2, 4, 6] as steps,
    from unlike
    union all
    select
        'mapping clarity', coalesce(rows_count, 0)::bigint,
        'rows of checks that stop the load or wait for a decision',
        [0, 10, 100, 1000],
    from unclear
    union all
    select 'timeline', hours, 'hours from the first call to the last',
        [2, 8, 24, 72],
    from calls
    union all
    select 'API constraint',
        ceil(1000 * calls_count / nullif(records_count, 0))::bigint,
        'calls for a thousand records', [50, 250, 600, 1000],
    from calls
    cross join records
    union all
    select 'volume', records_count::bigint, 'records to move',
        [10000, 100000, 500000, 2000000],
    from records
)

select
    part,
    1 + len(list_filter(steps, lambda step: coalesce(measured, 0) > step))
        as grade,
    measured as measured_count,
    of_what,
    'above ' || array_to_string(
        list_transform(steps, lambda step: format('{:,}', step)), ', '
    ) || ': one more each' as rule,
    case
        when part = 'volume' and measured > 2000000
            then 'over two million: plan the nights with `deskferry plan`'
        else ''
    end as note,
from measured
order by part
