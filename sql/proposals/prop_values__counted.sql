-- Every value of each column of the export, and how many cells hold it. Of
-- objects without a map of fields only the columns that are not of the layout.
-- key: object, source_column, value

with companies as (
    select columns(lambda name: not starts_with(name, '_')),
    from raw_smartdesk__company
),

contacts as (
    select columns(lambda name: not starts_with(name, '_')),
    from raw_smartdesk__contact
),

leads as (
    select columns(lambda name: not starts_with(name, '_')),
    from raw_smartdesk__lead
),

deals as (
    select columns(lambda name: not starts_with(name, '_')),
    from raw_smartdesk__deal
),

tasks as (
    select columns(lambda name: not starts_with(name, '_')),
    from raw_smartdesk__task
),

activities as (
    select columns(lambda name: not starts_with(name, '_')),
    from raw_smartdesk__activity
),

campaigns as (
    select columns(lambda name: not starts_with(name, '_')),
    from raw_smartdesk__campaign
),

users as (
    select columns(lambda name: not starts_with(name, '_')),
    from raw_smartdesk__user
),

products as (
    select columns(lambda name: not starts_with(name, '_')),
    from raw_smartdesk__product
),

cells as (
    select 'company' as object, source_column, value,
    from (unpivot companies on columns(*) into name source_column value value)
    union all
    select 'contact' as object, source_column, value,
    from (unpivot contacts on columns(*) into name source_column value value)
    union all
    select 'lead' as object, source_column, value,
    from (unpivot leads on columns(*) into name source_column value value)
    union all
    select 'deal' as object, source_column, value,
    from (unpivot deals on columns(*) into name source_column value value)
    union all
    select 'task' as object, source_column, value,
    from (unpivot tasks on columns(*) into name source_column value value)
    union all
    select 'activity' as object, source_column, value,
    from (unpivot activities on columns(*) into name source_column value value)
    union all
    select 'campaign' as object, source_column, value,
    from (unpivot campaigns on columns(*) into name source_column value value)
    union all
    select 'user' as object, source_column, value,
    from (unpivot users on columns(*) into name source_column value value)
    union all
    select 'product' as object, source_column, value,
    from (unpivot products on columns(*) into name source_column value value)
),

layout as (
    select distinct object, column_name from alias_columns
)

select cells.object, cells.source_column, cells.value, count(*) as cells,
from cells
left join layout
    on cells.object = layout.object
    and cells.source_column = layout.column_name
where not is_no_value(cells.value)
    and (
        layout.object is null
        or cells.object in ('company', 'contact', 'lead', 'deal')
    )
group by cells.object, cells.source_column, cells.value
