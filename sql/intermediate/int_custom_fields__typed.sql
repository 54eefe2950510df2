-- Mapped cells as JSON values of their type; a cell that cannot be read as
-- its type has no value, and a check lists it.
-- key: object, _source_id, destination_field

with columns as (
    select map(list(scope), list(read_as)) as read_as,
    from int_custom_columns__judged
),

-- Boxes that only ever say yes, in one word, say no by saying nothing.
ticked as (
    select object, source_column,
    from int_custom_fields__chosen
    where type = 'checkbox' and source_value is not null
    group by object, source_column
    having count(distinct match_key(source_value)) = 1
        and bool_and(parse_boolean(source_value))
),

cells as (
    select
        chosen.*,
        ticked.object is not null as is_ticked_or_blank,
        columns.read_as[chosen.object || '.' || chosen.source_column]
            as read_as,
        try_cast(
            regexp_extract(transform, '^times:([0-9.]+)$', 1) as double
        ) as factor,
    from int_custom_fields__chosen as chosen
    left join ticked
        on chosen.object = ticked.object
        and chosen.source_column = ticked.source_column
    cross join columns
    where chosen.source_value is not null or ticked.object is not null
),

final as (
    select
        object, _source_id, source_column, destination_field, type,
        source_value, refused_values,
        case type
            when 'number'
                then json_number(parse_amount(chosen_value, read_as), factor)
            when 'share'
                then json_number(parse_share(chosen_value, read_as), factor)
            when 'checkbox' then to_json(case
                when chosen_value is null and is_ticked_or_blank then false
                else parse_boolean(chosen_value)
            end)
            when 'date' then to_json(
                parse_date(chosen_value, read_as)::varchar
            )
            when 'date_time' then to_json(strftime(
                parse_instant(chosen_value, read_as, source_time_zone()),
                '%Y-%m-%dT%H:%M:%SZ'
            ))
            else to_json(case transform
                when 'lower' then lower(chosen_value)
                when 'upper' then upper(chosen_value)
                when 'html' then sanitise_html(chosen_value)
                else chosen_value
            end)
        end as value,
    from cells
)

select * from final
