-- Each field with the type that it needs. Names are given by Freshsales when a
-- field is created: take the label so that the name comes out as it stands
-- here. What is there already was compared: its type, and its options.
-- title: Every field
-- order: 20
-- empty: No custom field is needed.
-- key: object, field

with mapped as (
    select
        lower(clean_text(object)) as source_object,
        clean_text(destination_field) as field,
        any_value(clean_text(source_column)) as source_column,
        any_value(lower(clean_text(type))) as type,
    from map_fields
    group by all
),

wanted as (
    select
        used.*,
        keys.field is not null as is_unique,
        objects.source as source_object,
        mapped.source_column,
        case coalesce(mapped.type, used.looks_like)
            when 'multi_select' then 'multi-select'
            when 'date_time' then 'date'
            when 'share' then 'number'
            else coalesce(mapped.type, used.looks_like)
        end as type,
    from doc_fields__used as used
    left join objects on used.object = objects.object
    left join object_keys as keys
        on used.object = keys.object and used.field = keys.field
    left join mapped
        on objects.source = mapped.source_object
        and used.field = mapped.field
),

options as (
    select
        object as source_object,
        field as source_column,
        count(distinct value) as options_count,
    from stg_smartdesk__options
    group by all
),

there as (
    select
        object, name, type,
        len(choices) as options_there_count,
        holds(kind_of_field(type)) as holds,
    from int_fields__listed
),

known as (
    select count(*) > 0 as are_fields_known from int_fields__listed
)

select
    wanted.object,
    wanted.field,
    wanted.type,
    wanted.is_unique,
    case
        when wanted.type in ('dropdown', 'multi-select')
            then coalesce(options.options_count, 0)
    end as options_count,
    case
        when not known.are_fields_known then 'not known: settings unread'
        when there.name is null then 'to create'
        when there.holds <> holds(kind_of_field(wanted.type))
            then 'there, of another type'
        when wanted.type in ('dropdown', 'multi-select')
            and options.options_count > there.options_there_count
            then 'there, options missing'
        when wanted.is_unique and not unique_there.is_unique
            then 'there, not unique'
        else 'there'
    end as standing,
    there.type as type_there,
    there.options_there_count,
    coalesce(wanted.source_column, 'made by the load') as comes_from,
    wanted.rows_count,
    wanted.longest_count,
from wanted
cross join known
left join there
    on wanted.object = there.object and wanted.field = there.name
left join int_fields__unique as unique_there
    on wanted.object = unique_there.object
    and wanted.field = unique_there.name
left join options
    on wanted.source_object = options.source_object
    and wanted.source_column = options.source_column
order by wanted.object, wanted.field
