-- Whether a record belongs to the share at hand, by its id there. Here all do;
-- the runner makes it anew for each share of wide records.
create or replace macro in_share(id) as hash(id) % 1 = 0;

-- What was sent of rows that were accepted as they are now, beside what is
-- stored. A check that reads it is run for some megabytes of it at a time.
create or replace macro sent_and_stored(object_name) as table
    select
        wanted._source_id,
        wanted._body,
        stored.record,
    from query_table('load_' || object_name) as wanted
    inner join ledger_outcomes as outcomes
        on wanted._source_id = outcomes.source_id
        and outcomes.object = object_name
        and outcomes.state = 'accepted'
        and outcomes.body_hash = wanted._body_hash
    inner join query_table('raw_freshsales__' || object_name) as stored
        on outcomes.destination_id = try_cast(stored.id as bigint)
    inner join objects
        on objects.object = object_name
        and objects.is_read_back
        and objects.write <> 'list_members'
    -- Said of both sides: DuckDB holds one of them for the other.
    where in_share(outcomes.destination_id)
        and in_share(try_cast(stored.id as bigint));
