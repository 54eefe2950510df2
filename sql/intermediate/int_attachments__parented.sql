-- Attachments with the nearest record that can carry a file: their own
-- parent, or for a task and an activity the record that it hangs on.
-- key: _source_id

with holders as (
    select
        record_type,
        record_id,
        object as parent_object,
        source_id as parent_source_id,
        targetable_type,
        null::varchar as parent_reason,
    from int_records__keyed
    union all
    select 'task', task_id, parent_object, parent_source_id,
        targetable_type, parent_reason,
    from int_tasks__linked
    where _duplicate is null
    union all
    select 'activity', activity_id, parent_object, parent_source_id,
        targetable_type, parent_reason,
    from int_activities__parented
    where _duplicate is null
)

select
    attachments.*,
    holders.parent_object,
    holders.parent_source_id,
    holders.targetable_type,
    case
        when attachments.parent_id is null then 'no_parent'
        when attachments.parent_type in (
            'ticket', 'ticket_message', 'kb_article', 'email_template',
            'campaign'
        ) then 'parent_not_migrated'
        when holders.record_id is null then 'parent_missing'
        else holders.parent_reason
    end as parent_reason,
from int_attachments__matched_to_files as attachments
left join holders
    on attachments.parent_type = holders.record_type
    and attachments.parent_id = holders.record_id
