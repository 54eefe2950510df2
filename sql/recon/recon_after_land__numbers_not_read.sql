-- Whole numbers and lengths of time that are none; the text is kept.
-- blocks: no

with company_cells as (
    select 'company' as object, id as source_id, unnest([
        {'column': 'employee_count', 'cell': employee_count},
    ], recursive := true),
    from raw_smartdesk__company
),

activity_cells as (
    select 'activity' as object, id as source_id, unnest([
        {'column': 'duration_seconds', 'cell': duration_seconds},
    ], recursive := true),
    from raw_smartdesk__activity
),

stage_cells as (
    select 'stage' as object, id as source_id, unnest([
        {'column': 'sort_order', 'cell': sort_order},
    ], recursive := true),
    from raw_smartdesk__stage
),

cells as (
    select * from company_cells
    union all
    select * from activity_cells
    union all
    select * from stage_cells
)

select object, source_id, "column",
from cells
where is_unread(
    cell, coalesce(parse_integer(cell), parse_seconds(cell))
)
order by all
