-- Every column of the export and every custom field that it declares: what the
-- export says of it, and what the scripts and the maps do with it so far.
-- key: object, source_column

with declared as (
    select
        lower(clean_text(fields.object)) as object,
        clean_text(coalesce(fields."column", fields.api_name))
            as source_column,
        any_value(clean_text(fields.label)) as label,
        any_value(lower(clean_text(fields.type))) as declared_type,
        coalesce(bool_or(parse_boolean(fields.is_custom)), false) as is_custom,
    from raw_smartdesk__schema_field as fields
    group by all
),

canonical as (
    select distinct object, column_name from alias_columns
),

-- Of objects without a map of fields, the layout's columns are no question.
listed as (
    select object, column_name as source_column from landed_columns
    where object in ('company', 'contact', 'lead', 'deal')
    union
    select landed.object, landed.column_name
    from landed_columns as landed
    anti join canonical
        on landed.object = canonical.object
        and landed.column_name = canonical.column_name
    union
    select object, source_column from declared where is_custom
),

mapped as (
    select
        lower(clean_text(object)) as object,
        clean_text(source_column) as source_column,
        min(clean_text(destination_field)) as destination_field,
    from map_fields
    where clean_text(destination_field) is not null
    group by all
),

-- People who named a column in map_headers meant it.
named as (
    select distinct object, clean_text("column") as column_name
    from map_headers
    where clean_text("column") is not null
),

said as (
    select
        listed.object,
        listed.source_column,
        declared.label,
        declared.declared_type,
        coalesce(
            declared.is_custom, starts_with(listed.source_column, 'cf_')
        ) as is_custom,
        coalesce(fields.is_computed, false) as is_computed,
        coalesce(declared.declared_type in ('file', 'image'), false)
            as is_file,
    from listed
    left join declared
        on listed.object = declared.object
        and listed.source_column = declared.source_column
    left join stg_smartdesk__fields as fields
        on listed.object = fields.object
        and listed.source_column = fields.column_name
    where listed.source_column is not null
        and not starts_with(listed.object, 'schema_')
),

final as (
    select
        said.*,
        canonical.column_name is not null as is_canonical,
        named.column_name is not null as is_named,
        carried.destination_field as carried_to,
        mapped.destination_field as mapped_to,
        said.object in ('company', 'contact', 'lead', 'deal')
            as has_field_map,
    from said
    left join canonical
        on said.object = canonical.object
        and said.source_column = canonical.column_name
    left join named
        on said.object = named.object
        and said.source_column = named.column_name
    left join prop_columns__carried as carried
        on said.object = carried.object
        and said.source_column = carried.column_name
    left join mapped
        on said.object = mapped.object
        and said.source_column = mapped.source_column
)

select * from final
