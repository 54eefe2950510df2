-- Rows of {object} that are still to be made, and the records with one of their
-- keys that no row of ours has. Keys are compared without case and outer blanks.
create or replace temp table there_before as
with others as (
    select try_cast(stored.id as bigint) as id, stored.record
    from raw_freshsales__{object} as stored
    anti join ledger_outcomes as known
        on try_cast(stored.id as bigint) = known.destination_id
),

shown as (
{shown}
),

to_make as (
{to_make}
),

wanted as (
    select _source_id, unnest([{wanted}], recursive := true)
    from to_make
),

found as (
    select
        wanted._source_id as source_id,
        min(shown.id) as destination_id,
        count(distinct shown.id) as records,
    from wanted
    inner join shown
        on wanted.name = shown.name
        and lower(trim(wanted.value)) = lower(trim(shown.value))
    where trim(wanted.value) <> ''
    group by wanted._source_id
)

select row_number() over () as number, *
from found;
