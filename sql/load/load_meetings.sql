-- Meetings as appointments, at the time they took place. Nobody is invited
-- again; who took part stands in the description.
-- key: _source_id
-- require: title, from_date, end_date, targetable_type, targetable_id
-- references: _company_id -> companies
-- references: _contact_id -> contacts
-- references: _lead_id -> leads
-- references: _deal_id -> deals
-- skip: duplicate_id, deleted_at_source
-- queue: conflicting_id, missing_date
-- queue: no_parent, parent_missing, parent_ambiguous, parent_not_migrated
-- queue: parent_not_loaded

with activities as (
    select * from int_activities__linked where object = 'meetings'
),

placed as (
    select
        activities.*,
        parent_ids.destination_id as parent_destination_id,
    from activities
    left join ledger_ids as parent_ids
        on activities.parent_source_id = parent_ids.source_id
        and activities.parent_object = parent_ids.object
)

select
    _source_id,
    title,
    concat_ws(chr(10), safe_body, footer) as description,
    started_at as from_date,
    ended_at as end_date,
    is_all_day as is_allday,
    location,
    targetable_type,
    parent_destination_id as targetable_id,
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
        parent_reason(parent_source_id, parent_reason, parent_destination_id)
    ), skip_reason) as _queue_reason,
from placed
