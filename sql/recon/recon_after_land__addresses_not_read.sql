-- E-mail addresses to which nobody could write, and in custom fields also those
-- with something around them: custom fields are loaded as they are.
-- blocks: no

with user_cells as (
    select 'user' as object, id as source_id, unnest([
        {'column': 'email', 'cell': email},
    ], recursive := true),
    from raw_smartdesk__user
),

contact_cells as (
    select 'contact' as object, id as source_id, unnest([
        {'column': 'email', 'cell': email},
        {'column': 'email_secondary', 'cell': email_secondary},
        {'column': 'owner_email', 'cell': owner_email},
    ], recursive := true),
    from raw_smartdesk__contact
),

company_cells as (
    select 'company' as object, id as source_id, unnest([
        {'column': 'owner_email', 'cell': owner_email},
    ], recursive := true),
    from raw_smartdesk__company
),

lead_cells as (
    select 'lead' as object, id as source_id, unnest([
        {'column': 'email', 'cell': email},
        {'column': 'owner_email', 'cell': owner_email},
    ], recursive := true),
    from raw_smartdesk__lead
),

deal_cells as (
    select 'deal' as object, id as source_id, unnest([
        {'column': 'owner_email', 'cell': owner_email},
    ], recursive := true),
    from raw_smartdesk__deal
),

task_cells as (
    select 'task' as object, id as source_id, unnest([
        {'column': 'assignee_email', 'cell': assignee_email},
        {'column': 'owner_email', 'cell': owner_email},
    ], recursive := true),
    from raw_smartdesk__task
),

activity_cells as (
    select 'activity' as object, id as source_id, unnest([
        {'column': 'author_email', 'cell': author_email},
        {'column': 'owner_email', 'cell': owner_email},
    ], recursive := true),
    from raw_smartdesk__activity
),

activity_participant_cells as (
    select 'activity_participant' as object, id as source_id, unnest([
        {'column': 'email', 'cell': email},
    ], recursive := true),
    from raw_smartdesk__activity_participant
),

cells as (
    select * from user_cells
    union all
    select * from contact_cells
    union all
    select * from company_cells
    union all
    select * from lead_cells
    union all
    select * from deal_cells
    union all
    select * from task_cells
    union all
    select * from activity_cells
    union all
    select * from activity_participant_cells
)

select object, source_id, "column",
from cells
where is_unread(cell, parse_email(cell))
union all
select custom.object, custom._source_id, custom.source_column,
from int_records__unpivoted as custom
semi join stg_smartdesk__fields as known
    on custom.object = known.object
    and custom.source_column = known.column_name
    and known.type = 'email'
where parse_email(custom.source_value)
    is distinct from lower(custom.source_value)
order by all
