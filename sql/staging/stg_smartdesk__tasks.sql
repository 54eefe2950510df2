-- Tasks of the source, one row a source row.
-- key: _source_id

select
    row_source_id(tasks.id, tasks._occurrence) as _source_id,
    duplicate_kind(tasks._occurrence, tasks._is_copy) as _duplicate,
    tasks.id as task_id,
    clean_name(tasks.subject) as subject,
    tasks.description,
    lower(clean_text(tasks.description_format)) as description_format,
    clean_text(tasks.type) as type,
    lower(clean_value(tasks.status)) as status,
    clean_value(tasks.priority) as priority,
    parse_instant(
        tasks.due_at,
        columns.read_as['task.due_at'],
        source_time_zone()
    ) as due_at,
    parse_instant(
        tasks.completed_at,
        columns.read_as['task.completed_at'],
        source_time_zone()
    ) as completed_at,
    lower(clean_text(tasks.parent_type)) as parent_type,
    reference_id(tasks.parent_id) as parent_id,
    clean_name(tasks.parent_name) as parent_name,
    coalesce(
        owner_key(tasks.assignee_id, tasks.assignee_email, null),
        owner_key(tasks.owner_id, tasks.owner_email, tasks.owner_name)
    ) as owner_key,
    coalesce(tasks.assignee_id, tasks.owner_id) as owner_id,
    parse_email(
        case
            when coalesce(tasks.assignee_id, tasks.assignee_email) is null
                then tasks.owner_email
            else tasks.assignee_email
        end
    ) as owner_email,
    clean_name(tasks.owner_name) as owner_name,
    coalesce(parse_boolean(tasks.is_deleted), false) as is_deleted,
    parse_instant(
        tasks.created_at,
        columns.read_as['task.created_at'],
        source_time_zone()
    ) as created_at,
from raw_smartdesk__task as tasks
cross join col_smartdesk__read_as as columns
