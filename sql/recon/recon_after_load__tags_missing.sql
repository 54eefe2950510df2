-- Tags of the export that the destination does not show on the record.
-- blocks: yes
-- fix: add the tags at the destination, then `deskferry verify`

with stored as (
    select 'companies' as object, id, record from raw_freshsales__companies
    union all
    select 'contacts', id, record from raw_freshsales__contacts
    union all
    select 'leads', id, record from raw_freshsales__leads
    union all
    select 'deals', id, record from raw_freshsales__deals
),

shown as (
    select
        object,
        try_cast(id as bigint) as id,
        unnest((record -> '$.tags')::varchar[]) as tag,
    from stored
)

select links._source_id as source_id
from load_record_tags as links
anti join shown
    on links._object = shown.object
    and links.id = shown.id
    and links._tag = shown.tag
where links._skip_reason is null and links._queue_reason is null
order by source_id
