-- What was sent of rows that were accepted as they are now, of objects that
-- are read back record by record.
create or replace macro sent_of(object_name) as table
    select
        wanted._source_id,
        wanted._body,
        outcomes.destination_id,
    from query_table('load_' || object_name) as wanted
    inner join ledger_outcomes as outcomes
        on wanted._source_id = outcomes.source_id
        and outcomes.object = object_name
        and outcomes.state = 'accepted'
        and outcomes.body_hash = wanted._body_hash
    inner join objects
        on objects.object = object_name
        and objects.is_read_back
        and objects.write <> 'list_members';

-- The same beside what is stored. A check that reads it is run for some
-- megabytes of it at a time.
create or replace macro sent_and_stored(object_name) as table
    select
        sent._source_id,
        sent._body,
        stored.record,
    from sent_of(object_name) as sent
    inner join query_table('raw_freshsales__' || object_name) as stored
        on sent.destination_id = try_cast(stored.id as bigint);
