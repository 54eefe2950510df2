-- Whether rows of {object} are still to be made, and whether its list has more
-- records than are known: ours, those once read, and those in doubt. A list
-- that was never counted may have some.
with to_make as (
{to_make}
),

known as (
    select destination_id as id
    from ledger_outcomes
    where object in ({sharing}) and destination_id is not null
    union
    select try_cast(id as bigint) from raw_freshsales__{object}
),

doubts as (
    select count(*) as row_count
    from ledger_outcomes
    where object in ({sharing})
        and destination_id is null
        and state in ('intent', 'unknown')
),

there as (
    select arg_max("rows", seq) as record_count
    from ledger_counts
    where name = '{object}'
)

select
    exists (select 1 from to_make) as is_any_to_make,
    coalesce(
        there.record_count
        > (select count(*) from known) + (select row_count from doubts),
        true
    ) as are_more_there,
from there
