-- Tasks with the record they hang on, their owner, and what is wrong.
-- key: _source_id

select
    tasks.*,
    coalesce(parents.object, untyped.object) as parent_object,
    coalesce(parents.source_id, untyped.source_id) as parent_source_id,
    coalesce(parents.targetable_type, untyped.targetable_type)
        as targetable_type,
    owners.owner_source_id,
    owners.owner_reason,
    case
        when tasks.parent_id is null then 'no_parent'
        when tasks.parent_type = 'ticket' then 'parent_not_migrated'
        when untyped.is_ambiguous then 'parent_ambiguous'
        when coalesce(parents.source_id, untyped.source_id) is null
            then 'parent_missing'
    end as parent_reason,
    coalesce(
        tasks.due_at, tasks.completed_at, tasks.created_at
    ) as planned_at,
from stg_smartdesk__tasks as tasks
left join int_records__keyed as parents
    on tasks.parent_type = parents.record_type
    and tasks.parent_id = parents.record_id
left join int_records__untyped as untyped
    on case when tasks.parent_type is null then tasks.parent_id end
    = untyped.record_id
left join int_owners__keyed as owners
    on coalesce(tasks.owner_key, 'id:(none)') = owners.owner_key
