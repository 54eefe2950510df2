-- Records the destination accepted and does not show.
-- blocks: yes
-- fix: look for them in the bin of the destination and restore them, then
-- fix: `deskferry verify`

with listed as (
    select object from objects
    where object = '@object' and is_read_back and write <> 'list_members'
)

select outcomes.source_id, outcomes.destination_id,
from ledger_outcomes as outcomes
inner join listed on outcomes.object = listed.object
anti join raw_freshsales__@object as stored
    on outcomes.destination_id = try_cast(stored.id as bigint)
where outcomes.state = 'accepted'
order by all
