-- Source rows that the load of their object has lost, or holds twice, or both
-- skips and queues.
-- blocks: yes
-- fix: correct sql/load/load_@object.sql: every source row once, and with one
-- fix: reason at most

with wanted as (
    select _source_id, _skip_reason, _queue_reason from load_@object
),

counted as (
    select _source_id, count(*) as times,
    from wanted
    group by _source_id
),

lost as (
    select rows._source_id as source_id, 'lost' as problem,
    from int_source_rows__listed as rows
    anti join wanted on rows._source_id = wanted._source_id
    where rows.object = '@object'
)

select * from lost
union all
select _source_id, 'twice',
from counted
where times > 1
union all
select _source_id, 'two_reasons',
from wanted
where _skip_reason is not null and _queue_reason is not null
order by all
