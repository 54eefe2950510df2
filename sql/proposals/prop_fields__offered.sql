-- What a column of the export may become: a canonical column that the export
-- lacks (by map_headers), a custom field that is there (by map_fields), or a
-- standard field that no script writes (by a script).
-- key: object, offer

with landed_objects as (
    select distinct object from landed_columns
),

canonical as (
    select distinct names.object, names.column_name,
    from alias_columns as names
    semi join landed_objects on names.object = landed_objects.object
    anti join landed_columns as landed
        on names.object = landed.object
        and names.column_name = landed.column_name
),

fields as (
    select source_object as object, name, label, type, choices,
    from int_fields__listed
),

mapped as (
    select
        lower(clean_text(object)) as object,
        clean_text(destination_field) as destination_field,
    from map_fields
),

free as (
    select fields.*
    from fields
    semi join landed_objects on fields.object = landed_objects.object
    anti join prop_columns__carried as carried
        on fields.object = carried.object
        and fields.name = carried.destination_field
    anti join mapped
        on fields.object = mapped.object
        and fields.name = mapped.destination_field
    where fields.name not in ('cf_source_id', 'external_id')
        -- Written by the scripts beside the field that a column is carried to.
        and not (fields.object in ('lead', 'deal') and fields.name in (
            'lead_source_id', 'contact_status_id', 'lead_stage_id',
            'deal_reason_id', 'lifecycle_stage_id'
        ))
),

renamed as (
    select
        canonical.object,
        'column:' || canonical.column_name as offer,
        'map_headers' as way,
        canonical.column_name,
        carried.destination_field,
        fields.label,
        fields.type,
        kind_of_column(canonical.column_name) as kind,
        null::varchar[] as choices,
    from canonical
    left join prop_columns__carried as carried
        on canonical.object = carried.object
        and canonical.column_name = carried.column_name
    left join fields
        on canonical.object = fields.object
        and carried.destination_field = fields.name
)

select * from renamed
union all
select
    object,
    'field:' || name,
    case when starts_with(name, 'cf_') then 'map_fields' else 'script' end,
    null,
    name,
    label,
    type,
    coalesce(kind_of_field(type), 'text'),
    choices,
from free
