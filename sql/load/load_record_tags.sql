-- Which record carries which tag. They are written with the records; the id
-- here is that of the record.
-- key: _source_id
-- references: _company_id -> companies
-- references: _contact_id -> contacts
-- references: _lead_id -> leads
-- references: _deal_id -> deals
-- skip: duplicate_id, deleted_at_source, not_taggable
-- queue: conflicting_id, parent_missing, parent_not_loaded

with links as (
    select
        links.*,
        tags.name as tag,
    from stg_smartdesk__record_tags as links
    left join stg_smartdesk__tags as tags
        on links.tag_id = tags.tag_id and tags._duplicate is null
),

placed as (
    select
        links.*,
        records.object,
        records.source_id,
        ids.destination_id,
        coalesce(
            row_skip_reason(links._duplicate, links.is_deleted),
            case
                when links.record_type not in (
                    'company', 'contact', 'lead', 'deal'
                ) then 'not_taggable'
            end
        ) as skip_reason,
    from links
    left join int_records__keyed as records
        on links.record_type = records.record_type
        and links.record_id = records.record_id
    left join ledger_ids as ids
        on records.object = ids.object
        and records.source_id = ids.source_id
)

select
    _source_id,
    destination_id as id,
    tag as _tag,
    object as _object,
    case when object = 'companies' then destination_id end as _company_id,
    case when object = 'contacts' then destination_id end as _contact_id,
    case when object = 'leads' then destination_id end as _lead_id,
    case when object = 'deals' then destination_id end as _deal_id,
    skip_reason as _skip_reason,
    unless_skipped(coalesce(
        row_queue_reason(_duplicate),
        case
            when source_id is null or tag is null then 'parent_missing'
            when destination_id is null then 'parent_not_loaded'
        end
    ), skip_reason) as _queue_reason,
from placed
