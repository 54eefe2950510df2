-- Mapped cells as JSON values of their type; a cell that cannot be read as
-- its type has no value, and a check lists it.
-- key: object, _source_id, destination_field

with cells as (
    select
        *,
        try_cast(
            regexp_extract(transform, '^times:([0-9.]+)$', 1) as double
        ) as factor,
    from int_custom_fields__chosen
),

final as (
    select
        object, _source_id, source_column, destination_field, type,
        source_value, refused_values,
        case type
            when 'number' then to_json(round(
                parse_amount(chosen_value)::double * coalesce(factor, 1), 4
            ))
            when 'checkbox' then to_json(parse_boolean(chosen_value))
            when 'date' then to_json(
                parse_date(chosen_value, source_date_order())::varchar
            )
            when 'date_time' then to_json(strftime(
                parse_instant(
                    chosen_value, source_date_order(), source_time_zone()
                ),
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
