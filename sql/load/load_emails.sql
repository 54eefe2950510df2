-- E-mails as sales activities, at the time they were sent.
-- key: _source_id
-- require: title, targetable_type, targetable_id, start_date, end_date
-- require: sales_activity_type_id, owner_id
-- references: owner_id -> owners
-- references: _company_id -> companies
-- references: _contact_id -> contacts
-- references: _lead_id -> leads
-- references: _deal_id -> deals
-- skip: duplicate_id, deleted_at_source
-- queue: conflicting_id, missing_date
-- queue: no_parent, parent_missing, parent_ambiguous, parent_not_migrated
-- queue: parent_not_loaded, owner_missing
-- queue: owner_on_hold, owner_undecided, owner_inactive

with activities as (
    select * from int_activities__linked where object = 'emails'
),

ids as (
    select object, source_id, destination_id from ledger_ids
),

placed as (
    select
        activities.*,
        owner_ids.destination_id as destination_owner_id,
        parent_ids.destination_id as parent_destination_id,
    from activities
    left join ids as owner_ids
        on activities.owner_source_id = owner_ids.source_id
        and owner_ids.object = 'owners'
    left join ids as parent_ids
        on activities.parent_source_id = parent_ids.source_id
        and activities.parent_object = parent_ids.object
)

select
    _source_id,
    title,
    concat_ws(chr(10), safe_body, footer) as notes,
    sales_activity_type_id,
    sales_activity_outcome_id,
    targetable_type,
    parent_destination_id as targetable_id,
    destination_owner_id as owner_id,
    started_at as start_date,
    ended_at as end_date,
    location,
    case
        when parent_object = 'companies' then parent_destination_id
    end as _company_id,
    case
        when parent_object = 'contacts' then parent_destination_id
    end as _contact_id,
    case when parent_object = 'leads' then parent_destination_id end
        as _lead_id,
    case when parent_object = 'deals' then parent_destination_id end
        as _deal_id,
    skip_reason as _skip_reason,
    unless_skipped(coalesce(
        queue_reason,
        parent_reason(parent_source_id, parent_reason, parent_destination_id),
        owner_reason(owner_key, owner_reason, destination_owner_id),
        case when destination_owner_id is null then 'owner_missing' end
    ), skip_reason) as _queue_reason,
from placed
