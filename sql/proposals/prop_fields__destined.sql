-- Every column with the field that it becomes: as a script or a person has it,
-- else the best there is, else a field to create.
-- key: object, source_column

with fields as (
    select source_object as object, name, label, type, choices,
    from int_fields__listed
),

columns as (
    select
        listed.*,
        profiles.* exclude (object, source_column),
        coalesce(listed.carried_to, listed.mapped_to) as decided,
        coalesce(
            kind_of_type(listed.declared_type), profiles.found_kind, 'text'
        ) as source_kind,
    from prop_columns__listed as listed
    left join prop_columns__profiled as profiles
        on listed.object = profiles.object
        and listed.source_column = profiles.source_column
),

judged as (
    select
        columns.*,
        chosen.* exclude (object, source_column, filled, label),
        columns.decided is null
            and columns.has_field_map
            and not columns.is_canonical
            and not columns.is_computed and not columns.is_file
            and columns.filled > 0
            and coalesce(chosen.confidence, 0) < proposal_floor()
            as is_to_create,
    from columns
    left join prop_fields__chosen as chosen
        on columns.object = chosen.object
        and columns.source_column = chosen.source_column
),

derived as (
    select
        *,
        'cf_' || array_to_string(
            name_words(regexp_replace(source_column, '^cf_', '')), '_'
        ) as new_name,
    from judged
),

-- A name that is there already, or that two columns would get, is numbered.
numbers as (
    select
        derived.object,
        derived.source_column,
        row_number() over (
            partition by derived.object, derived.new_name
            order by derived.source_column
        ) + coalesce(max(coalesce(
            try_cast(regexp_extract(fields.name, '_(\d+)$', 1) as integer), 1
        )) filter (where fields.name is not null), 0) as number,
    from derived
    left join fields
        on derived.object = fields.object
        and regexp_replace(fields.name, '_\d+$', '') = derived.new_name
    where derived.is_to_create
    group by derived.object, derived.source_column, derived.new_name
),

named as (
    select
        derived.* exclude (destination_field, type, new_name),
        case
            when decided is not null then decided
            when is_to_create then new_name || case
                when numbers.number > 1 then '_' || numbers.number else ''
            end
            when confidence >= proposal_floor() then derived.destination_field
        end as destination_field,
    from derived
    left join numbers
        on derived.object = numbers.object
        and derived.source_column = numbers.source_column
),

final as (
    select
        named.*,
        fields.label as destination_label,
        case
            when named.is_to_create then case
                when named.source_kind = 'choice' then 'dropdown'
                when named.source_kind = 'list' then 'multi_select'
                when named.source_kind = 'long' or named.longest > 256
                    then 'textarea'
                else map_type_of(named.source_kind)
            end
            else fields.type
        end as destination_type,
        fields.choices,
    from named
    left join fields
        on named.object = fields.object
        and named.destination_field = fields.name
)

select * from final
