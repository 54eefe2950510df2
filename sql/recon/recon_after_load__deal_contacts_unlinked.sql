-- People of deals that the destination does not show with the deal.
-- blocks: yes
-- fix: add these people to the deals at the destination, then `deskferry
-- fix: verify`

with shown as (
    select
        try_cast(id as bigint) as deal_id,
        unnest(
            (record -> '$.contacts[*].id')::bigint[]
        ) as contact_id,
    from raw_freshsales__deals
)

select links._source_id as source_id
from load_deal_contacts as links
anti join shown
    on links.deal_id = shown.deal_id and links.contact_id = shown.contact_id
where links._skip_reason is null and links._queue_reason is null
order by source_id
