-- Mapped cells with each value as the destination's own choice, if the field
-- there has choices: decided in map_options, else the same word.
-- key: object, _source_id, destination_field

with columns as (
    select map(list(scope), list(read_as)) as read_as,
    from int_custom_columns__judged
),

cells as (
    select
        cells.*,
        unnest(
            case
                when cells.type = 'multi_select' then multi_values(
                    cells.source_value,
                    columns.read_as[cells.object || '.' || cells.source_column],
                    listed.options
                )
                else [cells.source_value]
            end
        ) as single_value,
    from int_records__unpivoted as cells
    cross join columns
    left join int_custom_columns__listed as listed
        on cells.object = listed.object
        and cells.source_column = listed.source_column
),

options as (
    select
        lower(clean_text(object)) as object,
        clean_text(field) as field,
        match_key(source_value) as source_value,
        clean_text(destination_value) as destination_value,
    from map_options
),

choices as (
    select
        source_object, name,
        unnest(choices) as choice,
    from int_fields__listed
    where len(choices) > 0
),

chosen as (
    select
        cells.* exclude (single_value),
        cells.single_value,
        case
            when cells.type in ('dropdown', 'multi_select')
                then choices.choice
            else coalesce(options.destination_value, cells.single_value)
        end as chosen_value,
    from cells
    left join options
        on cells.object = options.object
        and options.field in (cells.source_column, cells.destination_field)
        and match_key(cells.single_value) = options.source_value
    left join choices
        on cells.object = choices.source_object
        and cells.destination_field = choices.name
        and match_key(choices.choice) = match_key(
            coalesce(options.destination_value, cells.single_value)
        )
),

final as (
    select
        object, _source_id, source_column, destination_field, type, transform,
        any_value(source_value) as source_value,
        nullif(string_agg(
            chosen_value, ';' order by chosen_value
        ), '') as chosen_value,
        list(single_value) filter (where chosen_value is null)
            as refused_values,
    from chosen
    group by all
)

select * from final
