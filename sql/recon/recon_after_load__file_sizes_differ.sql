-- Files that the destination shows with another size than what was sent.
-- blocks: yes
-- fix: upload these files by hand in the place of those that are there, then
-- fix: `deskferry verify`

select wanted._source_id as source_id,
from load_attachments as wanted
inner join ledger_outcomes as outcomes
    on wanted._source_id = outcomes.source_id
    and outcomes.object = 'attachments'
    and outcomes.state = 'accepted'
inner join raw_freshsales__attachments as stored
    on outcomes.destination_id = try_cast(stored.id as bigint)
where try_cast(stored.record ->> '$.size' as bigint) <> wanted._file_bytes
order by source_id
