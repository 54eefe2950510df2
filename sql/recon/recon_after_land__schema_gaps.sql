-- Where the export and its own list of fields do not fit: no list at all,
-- listed fields without a column (hidden from whoever made the export, or left
-- out of a view), and columns that are not listed.
-- blocks: no

with columns as (
    select object, column_name
    from landed_columns
    where object not like 'schema%'
),

fields as (
    select object, column_name from stg_smartdesk__fields
),

landed as (
    select distinct object from columns
),

listed as (
    select distinct object from fields
)

select
    'schema_field' as object,
    null::varchar as "column",
    'no_list' as gap,
where exists (from columns) and not exists (from fields)
union all
select fields.object, fields.column_name, 'no_column',
from fields
semi join landed on fields.object = landed.object
anti join columns
    on fields.object = columns.object
    and fields.column_name = columns.column_name
union all
select columns.object, columns.column_name, 'not_listed',
from columns
semi join listed on columns.object = listed.object
anti join fields
    on columns.object = fields.object
    and columns.column_name = fields.column_name
order by all
