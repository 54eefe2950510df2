-- Tasks Freshsales shall hold. A task without a due date keeps the day it was
-- done or made; its source id closes the description.
-- key: _source_id
-- require: title, due_date, targetable_type, targetable_id
-- references: owner_id -> owners
-- references: _company_id -> companies
-- references: _contact_id -> contacts
-- references: _lead_id -> leads
-- references: _deal_id -> deals
-- skip: duplicate_id, deleted_at_source
-- queue: conflicting_id, missing_date
-- queue: no_parent, parent_missing, parent_ambiguous, parent_not_migrated
-- queue: parent_not_loaded
-- queue: owner_on_hold, owner_undecided, owner_inactive

with tasks as (
    select
        *,
        row_skip_reason(_duplicate, is_deleted) as skip_reason,
    from int_tasks__linked
),

ids as (
    select object, source_id, destination_id from ledger_ids
),

placed as (
    select
        tasks.*,
        owner_ids.destination_id as destination_owner_id,
        parent_ids.destination_id as parent_destination_id,
    from tasks
    left join ids as owner_ids
        on tasks.owner_source_id = owner_ids.source_id
        and owner_ids.object = 'owners'
    left join ids as parent_ids
        on tasks.parent_source_id = parent_ids.source_id
        and tasks.parent_object = parent_ids.object
)

select
    _source_id,
    coalesce(subject, 'Task') as title,
    concat_ws(
        chr(10),
        case
            when description_format = 'html' then sanitise_html(description)
            else description
        end,
        'Type: ' || type,
        'Priority: ' || priority,
        case when status = 'cancelled' then 'Status: cancelled' end,
        source_marker(_source_id)
    ) as description,
    planned_at as due_date,
    destination_owner_id as owner_id,
    targetable_type,
    parent_destination_id as targetable_id,
    case when status in ('done', 'cancelled') then 1 else 0 end as status,
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
        row_queue_reason(_duplicate),
        parent_reason(parent_source_id, parent_reason, parent_destination_id),
        owner_reason(owner_key, owner_reason, destination_owner_id),
        case when planned_at is null then 'missing_date' end
    ), skip_reason) as _queue_reason,
from placed
