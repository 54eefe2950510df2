-- The log as relations. {log} is the glob of its files; a torn last line is passed over.
create or replace view ledger_events as
select *
from read_json({log}, format = 'newline_delimited', ignore_errors = true, columns = {
    seq: 'bigint', "at": 'varchar', event: 'varchar', run_id: 'varchar', object: 'varchar',
    source_id: 'varchar', action: 'varchar', state: 'varchar', destination_id: 'bigint',
    body_hash: 'varchar', status: 'integer', reason: 'varchar', command: 'varchar',
    destination: 'varchar', exit_code: 'integer', calls: 'bigint', scripts: 'json',
    "check": 'varchar', phase: 'varchar', "rows": 'bigint', blocks: 'boolean',
    script_hash: 'varchar', name: 'varchar', read_id: 'varchar', complete: 'boolean',
    system: 'varchar', extract_id: 'varchar', file: 'varchar', sha256: 'varchar',
});

-- Last event of each row, and what is kept of earlier ones: the id and hash it was accepted with.
create or replace table ledger_outcomes as
select
    object,
    source_id,
    coalesce(arg_max(state, seq) filter (where seq_last = seq), 'intent') as state,
    arg_max(destination_id, seq) filter (where state = 'accepted') as destination_id,
    arg_max(body_hash, seq) as body_hash,
    arg_max(body_hash, seq) filter (where state = 'accepted') as accepted_hash,
    arg_max(status, seq) filter (where seq_last = seq) as status,
    arg_max(reason, seq) filter (where seq_last = seq) as reason,
    arg_max(run_id, seq) as run_id,
    arg_max("at", seq) as "at",
    max(seq) as seq,
    bool_or(state = 'accepted') as was_accepted,
from (
    select *, max(seq) over (partition by object, source_id) as seq_last
    from ledger_events
    where event in ('intent', 'outcome')
)
group by object, source_id;

create or replace table ledger_ids as
select object, source_id, destination_id, false as is_projected
from ledger_outcomes
where destination_id is not null;

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

-- Last complete read-back of each list.
create or replace table ledger_reads as
select name, max(seq) as seq, arg_max(read_id, seq) as read_id, arg_max("rows", seq) as "rows"
from ledger_events
where event = 'read' and complete
group by name;
