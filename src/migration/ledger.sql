-- The log as relations. {log} is the glob of its files; a torn last line is passed over.
create or replace view ledger_events as
select * from {events};

create or replace view ledger_runs as
select
    run_id,
    any_value(command) filter (where event = 'run_started') as command,
    any_value(destination) filter (where event = 'run_started') as destination,
    min("at") as started_at,
    max("at") filter (where event = 'run_ended') as ended_at,
    any_value(exit_code) filter (where event = 'run_ended') as exit_code,
    any_value(calls) filter (where event = 'run_ended') as calls,
from ledger_events
where event in ('run_started', 'run_ended')
group by run_id;

create or replace view ledger_calls as
select run_id, calls from ledger_runs where calls is not null;

-- How far the relations below have read.
create or replace table ledger_seen (seq bigint, file varchar);
insert into ledger_seen values (0, '');

-- Last event of each row, and what is kept of earlier ones: the id and hash it was accepted with.
-- `made_seq`: when it was first accepted as made by us, not found; 0 where it was there before.
create or replace table ledger_outcomes (
    object varchar, source_id varchar, state varchar, destination_id bigint,
    body_hash varchar, accepted_hash varchar, status integer, reason varchar,
    run_id varchar, "at" varchar, seq bigint, was_accepted boolean, made_seq bigint
);

-- Every count and complete read-back of each list.
create or replace table ledger_counts (seq bigint, name varchar, "rows" bigint, run_id varchar);
create or replace table ledger_reads (
    name varchar, seq bigint, read_id varchar, "rows" bigint
);

create or replace table ledger_ids (
    object varchar, source_id varchar, destination_id bigint, is_projected boolean
);
