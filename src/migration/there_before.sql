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

wanted as (
    select _source_id, unnest([{wanted}], recursive := true)
    from main.load_{object}
    where _skip_reason is null and _queue_reason is null
),

to_make as (
    select wanted.*
    from wanted
    anti join ledger_outcomes as known
        on known.object = '{object}'
        and wanted._source_id = known.source_id
        and known.state <> 'not_taken'
    where nullif(trim(wanted.value), '') is not null
),

found as (
    select
        to_make._source_id as source_id,
        min(shown.id) as destination_id,
        count(distinct shown.id) as records,
    from to_make
    inner join shown
        on to_make.name = shown.name
        and lower(trim(to_make.value)) = lower(trim(shown.value))
    group by to_make._source_id
)

select row_number() over () as number, *
from found;
