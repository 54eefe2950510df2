-- Members of campaigns that the destination does not show in the list.
-- blocks: yes
-- fix: add these people to the lists at the destination, then `deskferry
-- fix: verify`

with shown as (
    select
        try_cast(record ->> '$.list_id' as bigint) as list_id,
        try_cast(id as bigint) as contact_id,
    from raw_freshsales__campaign_members
)

select members._source_id as source_id
from load_campaign_members as members
anti join shown
    on members.list_id = shown.list_id
    and members.contact_id = shown.contact_id
where members._skip_reason is null and members._queue_reason is null
order by source_id
