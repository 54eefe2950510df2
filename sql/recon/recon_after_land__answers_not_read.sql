-- Yes-or-no cells that say neither. An opt-out in doubt counts as yes.
-- blocks: no

with contact_cells as (
    select 'contact' as object, id as source_id, unnest([
        {'column': 'email_opt_out', 'cell': email_opt_out},
        {'column': 'email_opt_in', 'cell': email_opt_in},
        {'column': 'do_not_call', 'cell': do_not_call},
        {'column': 'is_deleted', 'cell': is_deleted},
    ], recursive := true),
    from raw_smartdesk__contact
),

lead_cells as (
    select 'lead' as object, id as source_id, unnest([
        {'column': 'email_opt_out', 'cell': email_opt_out},
        {'column': 'email_opt_in', 'cell': email_opt_in},
        {'column': 'is_converted', 'cell': is_converted},
        {'column': 'should_convert', 'cell': should_convert},
    ], recursive := true),
    from raw_smartdesk__lead
),

user_cells as (
    select 'user' as object, id as source_id, unnest([
        {'column': 'is_active', 'cell': is_active},
    ], recursive := true),
    from raw_smartdesk__user
),

cells as (
    select * from contact_cells
    union all
    select * from lead_cells
    union all
    select * from user_cells
)

select object, source_id, "column",
from cells
where is_unread(
    cell, parse_boolean(cell)
)
order by all
