-- Tags. They are written with the records that carry them; the id here is
-- that of one such record.
-- key: _source_id
-- references: _company_id -> companies
-- references: _contact_id -> contacts
-- references: _lead_id -> leads
-- references: _deal_id -> deals
-- skip: duplicate_id, deleted_at_source, unused_tag
-- queue: conflicting_id, parent_not_loaded

with tags as (
    select * from stg_smartdesk__tags
),

carriers as (
    select
        tagged.record_type,
        tagged.record_id,
        unnest(tagged.tags) as name,
    from int_records__tagged as tagged
),

carried as (
    select
        carriers.name,
        min(ids.destination_id) as destination_id,
        arg_min(ids.object, ids.destination_id) as object,
    from carriers
    left join int_records__keyed as records
        on carriers.record_type = records.record_type
        and carriers.record_id = records.record_id
    left join ledger_ids as ids
        on records.object = ids.object
        and records.source_id = ids.source_id
    group by carriers.name
),

reasoned as (
    select
        tags._source_id,
        tags._duplicate,
        carried.destination_id,
        carried.object,
        coalesce(
            row_skip_reason(tags._duplicate, tags.is_deleted),
            case
                when tags._duplicate is null and carried.name is null
                    then 'unused_tag'
            end
        ) as skip_reason,
    from tags
    left join carried on tags.name = carried.name
)

select
    _source_id,
    destination_id as id,
    case when object = 'companies' then destination_id end as _company_id,
    case when object = 'contacts' then destination_id end as _contact_id,
    case when object = 'leads' then destination_id end as _lead_id,
    case when object = 'deals' then destination_id end as _deal_id,
    skip_reason as _skip_reason,
    unless_skipped(coalesce(
        row_queue_reason(_duplicate),
        case when destination_id is null then 'parent_not_loaded' end
    ), skip_reason) as _queue_reason,
from reasoned
