-- Dates that could not be read without a guess.
-- blocks: no

with contact_cells as (
    select 'contact' as object, id as source_id, unnest([
        {'column': 'birthday', 'cell': birthday},
    ], recursive := true),
    from raw_smartdesk__contact
),

deal_cells as (
    select 'deal' as object, id as source_id, unnest([
        {'column': 'expected_close_date', 'cell': expected_close_date},
    ], recursive := true),
    from raw_smartdesk__deal
),

campaign_cells as (
    select 'campaign' as object, id as source_id, unnest([
        {'column': 'start_date', 'cell': start_date},
        {'column': 'end_date', 'cell': end_date},
    ], recursive := true),
    from raw_smartdesk__campaign
),

cells as (
    select * from contact_cells
    union all
    select * from deal_cells
    union all
    select * from campaign_cells
)

select object, source_id, "column",
from cells
cross join col_smartdesk__read_as as columns
where is_unread(
    cell, parse_date(cell, columns.read_as[object || '.' || "column"])
)
order by all
