-- Amounts that are no number, or could be two different ones.
-- blocks: no

with company_cells as (
    select 'company' as object, id as source_id, unnest([
        {'column': 'annual_revenue_amount', 'cell': annual_revenue_amount},
    ], recursive := true),
    from raw_smartdesk__company
),

deal_cells as (
    select 'deal' as object, id as source_id, unnest([
        {'column': 'value_amount', 'cell': value_amount},
        {'column': 'probability', 'cell': probability},
    ], recursive := true),
    from raw_smartdesk__deal
),

lead_cells as (
    select 'lead' as object, id as source_id, unnest([
        {'column': 'score', 'cell': score},
    ], recursive := true),
    from raw_smartdesk__lead
),

product_cells as (
    select 'product' as object, id as source_id, unnest([
        {'column': 'price_amount', 'cell': price_amount},
    ], recursive := true),
    from raw_smartdesk__product
),

cells as (
    select * from company_cells
    union all
    select * from deal_cells
    union all
    select * from lead_cells
    union all
    select * from product_cells
)

select object, source_id, "column",
from cells
cross join col_smartdesk__read_as as columns
where is_unread(
    cell, parse_amount(cell, columns.read_as[object || '.' || "column"])
)
order by all
