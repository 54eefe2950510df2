-- Where the export and what it tells of the account do not fit: no list of its
-- fields, options, stages or automations at all, listed fields without a column
-- (hidden from whoever made the export, or left out of a view), and columns
-- that are not listed.
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
),

-- What the export tells of the account itself.
lists as (
    select unnest([
        'schema_field', 'picklist_option', 'pipeline', 'stage', 'automation',
        'ai_assistant'
    ]) as object,
)

select
    lists.object,
    null::varchar as "column",
    'no_list' as gap,
from lists
where exists (from columns)
    and lists.object not in (select object from landed_files)
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
