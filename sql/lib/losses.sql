-- What a cell loses when it becomes a field of some kind there.

-- Whether a cell cannot be read as the kind at all.
create or replace macro loses_type(value, kind) as
    case kind
        when 'number' then coalesce(
            parse_amount(value, 'point'), parse_amount(value, 'comma')
        ) is null
        when 'checkbox' then parse_boolean(value) is null
        when 'date' then coalesce(
            parse_date(value, 'dmy'), parse_date(value, 'mdy'),
            parse_instant(value, 'dmy', 'UTC')::date
        ) is null
        when 'date_time' then coalesce(
            parse_instant(value, 'dmy', 'UTC'),
            parse_instant(value, 'mdy', 'UTC')
        ) is null
        when 'email' then parse_email(value) is null
        else false
    end;

-- Whether digits or the time of day go: a number there has 11 digits and 4
-- decimals.
create or replace macro loses_precision(value, kind) as
    case kind
        when 'number' then regexp_matches(
            value, '[.,]\d{4}\d*[1-9]\d*\s*$|^\s*-?\d{12,}'
        )
        when 'date' then looks_like_instant(value)
            and not regexp_matches(value, '[T ]00:00(:00)?')
        else false
    end;
