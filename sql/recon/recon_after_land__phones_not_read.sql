-- Phone numbers whose digits are lost, or that hold none.
-- blocks: no

with contact_cells as (
    select 'contact' as object, id as source_id, unnest([
        {'column': 'phone', 'cell': phone},
        {'column': 'mobile', 'cell': mobile},
    ], recursive := true),
    from raw_smartdesk__contact
),

lead_cells as (
    select 'lead' as object, id as source_id, unnest([
        {'column': 'phone', 'cell': phone},
        {'column': 'mobile', 'cell': mobile},
    ], recursive := true),
    from raw_smartdesk__lead
),

company_cells as (
    select 'company' as object, id as source_id, unnest([
        {'column': 'phone', 'cell': phone},
    ], recursive := true),
    from raw_smartdesk__company
),

activity_cells as (
    select 'activity' as object, id as source_id, unnest([
        {'column': 'phone_number', 'cell': phone_number},
    ], recursive := true),
    from raw_smartdesk__activity
),

cells as (
    select * from contact_cells
    union all
    select * from lead_cells
    union all
    select * from company_cells
    union all
    select * from activity_cells
)

select object, source_id, "column",
from cells
where is_unread(
    cell, parse_phone(cell)
)
order by all
