-- Custom columns that hold something and go nowhere: no row in map_fields.
-- What the source computes itself is left out.
-- blocks: no

with cells as (
    select 'company' as object, _cells from stg_smartdesk__companies
    union all
    select 'contact', _cells from stg_smartdesk__contacts
    union all
    select 'lead', _cells from stg_smartdesk__leads
    union all
    select 'deal', _cells from stg_smartdesk__deals
),

filled as (
    select object, unnest(json_keys(_cells)) as source_column, _cells,
    from cells
),

counted as (
    select object, source_column, count(*) as filled_cells,
    from filled
    where starts_with(source_column, 'cf_')
        and source_column not in ('cf_lead_source', 'cf_lead_status')
        and (_cells ->> ('$."' || source_column || '"')) is not null
    group by object, source_column
),

final as (
    select counted.*
    from counted
    anti join map_fields as mapped
        on counted.object = lower(mapped.object)
        and counted.source_column = mapped.source_column
    anti join stg_smartdesk__fields as computed
        on counted.object = computed.object
        and counted.source_column = computed.column_name
        and computed.is_computed
)

select * from final
order by all
