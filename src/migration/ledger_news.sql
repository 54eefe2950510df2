-- Takes the lines of the log that came since the last time into the ledger's tables: the cost is that of the new lines.
create or replace table ledger_news as
select * from {events}
where seq > (select max(seq) from ledger_seen);

-- Which lines count is found by numbers alone: texts are only passed on.
create or replace table ledger_fresh as
with places as (
    select
        object,
        source_id,
        max(seq) as seq,
        max(seq) filter (where state = 'accepted') as accepted_seq,
        arg_max(destination_id, seq) filter (where state = 'accepted') as destination_id,
        case
            when bool_or(reason = 'there before the load') then 0
            else min(seq) filter (
                where state = 'accepted'
                    and reason is distinct from 'found by look-up'
            )
        end as made_seq,
    from ledger_news
    where event in ('intent', 'outcome')
    group by object, source_id
)

select
    places.object,
    places.source_id,
    coalesce(newest.state, 'intent') as state,
    places.destination_id,
    newest.body_hash,
    accepted.body_hash as accepted_hash,
    newest.status,
    newest.reason,
    newest.run_id,
    newest."at",
    places.seq,
    places.accepted_seq is not null as was_accepted,
    places.made_seq,
from places
inner join ledger_news as newest on places.seq = newest.seq
left join ledger_news as accepted on places.accepted_seq = accepted.seq;

create or replace table ledger_merged as
select
    fresh.object,
    fresh.source_id,
    fresh.state,
    coalesce(fresh.destination_id, known.destination_id) as destination_id,
    fresh.body_hash,
    coalesce(fresh.accepted_hash, known.accepted_hash) as accepted_hash,
    fresh.status,
    fresh.reason,
    fresh.run_id,
    fresh."at",
    fresh.seq,
    fresh.was_accepted or coalesce(known.was_accepted, false) as was_accepted,
    coalesce(known.made_seq, fresh.made_seq) as made_seq,
from ledger_fresh as fresh
left join ledger_outcomes as known
    on fresh.object = known.object and fresh.source_id = known.source_id;

delete from ledger_outcomes
using ledger_merged as merged
where ledger_outcomes.object = merged.object
    and ledger_outcomes.source_id = merged.source_id;

insert into ledger_outcomes
select * from ledger_merged;

insert into ledger_counts
select seq, name, "rows", run_id from ledger_news where event = 'counted';

insert into ledger_reads
select name, seq, read_id, "rows" from ledger_news where event = 'read' and complete;

delete from ledger_reads
where seq < (
    select max(newer.seq) from ledger_reads as newer where newer.name = ledger_reads.name
);

update ledger_seen set
    seq = greatest(seq, coalesce((select max(seq) from ledger_news), 0)),
    file = {file};

create or replace table ledger_ids as
select object, source_id, destination_id, false as is_projected
from ledger_outcomes
where destination_id is not null;

drop table ledger_news;
drop table ledger_fresh;
drop table ledger_merged;
