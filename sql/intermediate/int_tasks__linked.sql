-- Tasks with the record they hang on, their owner, and what is wrong.
-- key: _source_id

select
    tasks.*,
    parents.object as parent_object,
    parents.source_id as parent_source_id,
    parents.targetable_type,
    owners.owner_source_id,
    owners.owner_reason,
    case
        when tasks.parent_id is null then 'no_parent'
        when tasks.parent_type = 'ticket' then 'parent_not_migrated'
        when parents.source_id is null then 'parent_missing'
    end as parent_reason,
    coalesce(
        tasks.due_at, tasks.completed_at, tasks.created_at
    ) as planned_at,
from stg_smartdesk__tasks as tasks
left join int_records__keyed as parents
    on tasks.parent_type = parents.record_type
    and tasks.parent_id = parents.record_id
left join int_owners__keyed as owners
    on coalesce(tasks.owner_key, 'id:(none)') = owners.owner_key
