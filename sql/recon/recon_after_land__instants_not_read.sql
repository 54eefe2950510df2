-- Dates with time that could not be read without a guess, and hours that the
-- clocks leave out or go through twice: of two the later one was taken.
-- blocks: no

with contact_cells as (
    select 'contact' as object, id as source_id, unnest([
        {'column': 'created_at', 'cell': created_at},
        {'column': 'updated_at', 'cell': updated_at},
        {'column': 'email_opt_out_at', 'cell': email_opt_out_at},
        {'column': 'consent_at', 'cell': consent_at},
    ], recursive := true),
    from raw_smartdesk__contact
),

company_cells as (
    select 'company' as object, id as source_id, unnest([
        {'column': 'created_at', 'cell': created_at},
        {'column': 'updated_at', 'cell': updated_at},
    ], recursive := true),
    from raw_smartdesk__company
),

lead_cells as (
    select 'lead' as object, id as source_id, unnest([
        {'column': 'created_at', 'cell': created_at},
        {'column': 'updated_at', 'cell': updated_at},
        {'column': 'converted_at', 'cell': converted_at},
    ], recursive := true),
    from raw_smartdesk__lead
),

deal_cells as (
    select 'deal' as object, id as source_id, unnest([
        {'column': 'created_at', 'cell': created_at},
        {'column': 'updated_at', 'cell': updated_at},
        {'column': 'closed_at', 'cell': closed_at},
    ], recursive := true),
    from raw_smartdesk__deal
),

task_cells as (
    select 'task' as object, id as source_id, unnest([
        {'column': 'due_at', 'cell': due_at},
        {'column': 'completed_at', 'cell': completed_at},
        {'column': 'created_at', 'cell': created_at},
    ], recursive := true),
    from raw_smartdesk__task
),

activity_cells as (
    select 'activity' as object, id as source_id, unnest([
        {'column': 'started_at', 'cell': started_at},
        {'column': 'ended_at', 'cell': ended_at},
        {'column': 'created_at', 'cell': created_at},
    ], recursive := true),
    from raw_smartdesk__activity
),

cells as (
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
),

read as (
    select
        object,
        source_id,
        "column",
        cell,
        parse_instant(
            cell,
            columns.read_as[object || '.' || "column"],
            source_time_zone()
        ) as instant,
    from cells
    cross join col_smartdesk__read_as as columns
)

select
    object,
    source_id,
    "column",
    case when instant is null then 'not_read' else 'clock_change' end as why,
from read
where is_unread(cell, instant)
    or is_clock_change(cell, instant, source_time_zone())
order by all
