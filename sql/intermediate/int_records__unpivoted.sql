-- The cells that map_fields names, one row a cell that holds something; boxes
-- that hold nothing too: in some columns that means no.
-- key: object, _source_id, destination_field

with cells as (
    select 'company' as object, _source_id, _cells,
    from stg_smartdesk__companies
    union all
    select 'contact', _source_id, _cells, from stg_smartdesk__contacts
    union all
    select 'lead', _source_id, _cells, from stg_smartdesk__leads
    union all
    select 'deal', _source_id, _cells, from stg_smartdesk__deals
),

fields as (
    select
        lower(clean_text(object)) as object,
        clean_text(source_column) as source_column,
        clean_text(destination_field) as destination_field,
        lower(coalesce(clean_text(type), 'text')) as type,
        lower(clean_text(transform)) as transform,
    from map_fields
    where clean_text(destination_field) is not null
),

final as (
    select
        cells.object,
        cells._source_id,
        fields.source_column,
        fields.destination_field,
        -- A number that the export calls a percentage may be a fraction.
        case
            when fields.type = 'number' and known.type = 'percent' then 'share'
            else fields.type
        end as type,
        fields.transform,
        clean_value(
            cells._cells ->> ('$."' || fields.source_column || '"')
        ) as source_value,
    from cells
    inner join fields on cells.object = fields.object
    left join stg_smartdesk__fields as known
        on fields.object = known.object
        and fields.source_column = known.column_name
    where fields.type = 'checkbox'
        or clean_value(
            cells._cells ->> ('$."' || fields.source_column || '"')
        ) is not null
)

select * from final
