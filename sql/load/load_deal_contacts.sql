-- People of deals. They are written with the deal, in its contacts_added_list;
-- a row here is a link that must be found there.
-- key: _source_id
-- references: deal_id -> deals
-- references: contact_id -> contacts
-- skip: duplicate_id, deleted_at_source
-- queue: conflicting_id, parent_missing, parent_not_loaded

with links as (
    select
        links.*,
        deals.source_id as deal_source_id,
        contacts.source_id as contact_source_id,
    from stg_smartdesk__deal_contacts as links
    left join int_records__keyed as deals
        on links.deal_id = deals.record_id
        and deals.record_type = 'deal'
    left join int_records__keyed as contacts
        on links.contact_id = contacts.record_id
        and contacts.record_type = 'contact'
),

ids as (
    select * from ledger_ids where object in ('deals', 'contacts')
),

placed as (
    select
        links._source_id,
        deal_ids.destination_id as deal_id,
        contact_ids.destination_id as contact_id,
        row_skip_reason(links._duplicate, links.is_deleted) as skip_reason,
        coalesce(
            row_queue_reason(links._duplicate),
            case
                when links.deal_source_id is null
                    or links.contact_source_id is null then 'parent_missing'
                when deal_ids.destination_id is null
                    or contact_ids.destination_id is null
                    then 'parent_not_loaded'
            end
        ) as queue_reason,
    from links
    left join ids as deal_ids
        on links.deal_source_id = deal_ids.source_id
        and deal_ids.object = 'deals'
    left join ids as contact_ids
        on links.contact_source_id = contact_ids.source_id
        and contact_ids.object = 'contacts'
)

select
    _source_id,
    deal_id as id,
    deal_id,
    contact_id,
    skip_reason as _skip_reason,
    unless_skipped(queue_reason, skip_reason) as _queue_reason,
from placed
