-- Notes, and activities of a kind the destination cannot log. Author and time
-- cannot be set there, so both stand in the text.
-- key: _source_id
-- require: description, targetable_type, targetable_id
-- references: _company_id -> companies
-- references: _contact_id -> contacts
-- references: _lead_id -> leads
-- references: _deal_id -> deals
-- skip: duplicate_id, deleted_at_source
-- queue: conflicting_id
-- queue: no_parent, parent_missing, parent_ambiguous, parent_not_migrated
-- queue: parent_not_loaded

with activities as (
    select * from int_activities__linked where object = 'notes'
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
    concat_ws(
        chr(10),
        '<p>' || text_as_html(subject) || '</p>',
        body_html,
        '<p>' || text_as_html(
            case
                when type is distinct from 'note'
                    then 'Type: ' || type || chr(10)
                else ''
            end || footer
        ) || '</p>'
    ) as description,
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
