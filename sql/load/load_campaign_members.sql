-- Members of campaigns as members of the campaign's list.
-- key: _source_id
-- require: list_id, contact_id
-- references: list_id -> lists
-- references: _contact_id -> contacts
-- references: _lead_id -> leads
-- skip: duplicate_id, deleted_at_source
-- queue: conflicting_id, no_lists_there, parent_missing, parent_not_loaded

with members as (
    select * from int_campaign_members__linked
),

ids as (
    select object, source_id, destination_id from ledger_ids
),

placed as (
    select
        members.*,
        list_ids.destination_id as list_id,
        person_ids.destination_id as contact_id,
        row_skip_reason(members._duplicate, members.is_deleted)
            as skip_reason,
    from members
    left join ids as list_ids
        on members.campaign_source_id = list_ids.source_id
        and list_ids.object = 'lists'
    left join ids as person_ids
        on members.person_source_id = person_ids.source_id
        and members.person_object = person_ids.object
)

select
    _source_id,
    list_id,
    contact_id,
    case when person_object = 'contacts' then contact_id end as _contact_id,
    case when person_object = 'leads' then contact_id end as _lead_id,
    skip_reason as _skip_reason,
    unless_skipped(coalesce(
        row_queue_reason(_duplicate),
        case when policy('edition') = 'classic' then 'no_lists_there' end,
        parent_reason(campaign_source_id, link_reason, list_id),
        parent_reason(person_source_id, link_reason, contact_id)
    ), skip_reason) as _queue_reason,
from placed
