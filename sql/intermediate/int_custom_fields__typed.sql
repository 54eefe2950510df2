-- Mapped cells as JSON values of their type; a cell that cannot be read as
-- its type has no value, and a check lists it.
-- key: object, _source_id, destination_field

with columns as (
    select map(list(scope), list(read_as)) as read_as,
    from int_custom_columns__judged
),

cells as (
    select
        int_custom_fields__chosen.*,
        columns.read_as[object || '.' || source_column] as read_as,
        try_cast(
            regexp_extract(transform, '^times:([0-9.]+)$', 1) as double
        ) as factor,
    from int_custom_fields__chosen
    cross join columns
),

final as (
    select
        object, _source_id, source_column, destination_field, type,
        source_value, refused_values,
        case type
            when 'number' then to_json(round(
                parse_amount(chosen_value, read_as)::double
                * coalesce(factor, 1),
                4
            ))
            when 'checkbox' then to_json(parse_boolean(chosen_value))
            when 'date' then to_json(
                parse_date(chosen_value, read_as)::varchar
            )
            when 'date_time' then to_json(strftime(
                parse_instant(chosen_value, read_as, source_time_zone()),
                '%Y-%m-%dT%H:%M:%SZ'
            ))
            else to_json(
                case transform
                    when 'lower' then lower(chosen_value)
                    when 'upper' then upper(chosen_value)
                    when 'html' then sanitise_html(chosen_value)
                    else chosen_value
                end
            )
        end as value,
    from cells
)

select * from final
