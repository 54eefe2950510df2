-- E-mail addresses to which nobody could write.
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
    ], recursive := true),
    from raw_smartdesk__contact
),

lead_cells as (
    select 'lead' as object, id as source_id, unnest([
        {'column': 'email', 'cell': email},
    ], recursive := true),
    from raw_smartdesk__lead
),

cells as (
    select * from user_cells
    union all
    select * from contact_cells
    union all
    select * from lead_cells
)

select object, source_id, "column",
from cells
where is_unread(
    cell, parse_email(cell)
)
order by all
