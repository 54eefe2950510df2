-- Numbers: amounts, their currency, and lengths of time, as people type them.

-- The digits of an amount with its separators, nothing around them.
create or replace macro amount_digits(text) as
    regexp_replace(
        clean_text(text),
        '(?i)[\s\x{00A0}\x{202F}''’()+%\-]|[A-Z]{3}|\p{Sc}|[km]$', '', 'g'
    );

-- The same digits with one decimal point; null when it is not a number, or
-- one of two and `decimal_sign` (point, comma) does not say which.
create or replace macro plain_digits(digits, decimal_sign) as
    case
        when regexp_full_match(digits, '\d+') then digits
        when regexp_full_match(digits, '[1-9]\d{0,2}[.,]\d{3}')
            then case decimal_sign
                when 'point' then replace(digits, ',', '')
                when 'comma' then replace(replace(digits, '.', ''), ',', '.')
            end
        when regexp_full_match(digits, '\d*\.\d+') then digits
        when regexp_full_match(digits, '\d{1,3}(,\d{3})+(\.\d+)?')
            then replace(digits, ',', '')
        when regexp_full_match(digits, '\d{1,3}(\.\d{3})+(,\d+)?')
            then replace(replace(digits, '.', ''), ',', '.')
        when regexp_full_match(digits, '\d+,\d+')
            then replace(digits, ',', '.')
    end;

-- An amount: either decimal sign, grouping, brackets for negative, `1.2k`.
-- A range is none, and neither is what could mean two numbers as long as
-- `decimal_sign` does not say which.
create or replace macro parse_amount(text, decimal_sign) as
    case
        when is_no_value(text) or regexp_matches(text, '\d\s*-\s*\d')
            then null
        else try_cast(
            case
                when regexp_matches(text, '^\s*\(.*\)\s*$|-') then '-'
                else ''
            end
            || plain_digits(amount_digits(text), decimal_sign)
            || case
                when regexp_matches(text, '(?i)\dk\s*$') then 'e3'
                when regexp_matches(text, '(?i)\dm\s*$') then 'e6'
                else ''
            end as decimal(18, 4)
        )
    end;

-- A whole number; `51-200` and `1k+` are not one.
create or replace macro parse_integer(text) as
    case
        when regexp_full_match(trim(text), '-?\d+(\.0+)?')
            then try_cast(trim(text) as bigint)
    end;

-- Minutes and seconds of a call: `330`, `00:05:30`, `5m 30s`.
create or replace macro parse_seconds(text) as
    case
        when regexp_full_match(trim(text), '\d+')
            then try_cast(trim(text) as bigint)
        when regexp_full_match(trim(text), '\d{1,3}:\d\d(:\d\d)?')
            then list_reduce(
                list_transform(
                    string_split(trim(text), ':'),
                    lambda part: try_cast(part as bigint)
                ),
                lambda total, part: total * 60 + part
            )
        when regexp_full_match(
            trim(text), '(\d{1,9}h)?\s*(\d{1,9}m)?\s*(\d+s)?'
        )
            then 3600 * coalesce(
                try_cast(regexp_extract(text, '(\d+)h', 1) as bigint), 0
            )
            + 60 * coalesce(
                try_cast(regexp_extract(text, '(\d+)m', 1) as bigint), 0
            )
            + coalesce(
                try_cast(regexp_extract(text, '(\d+)s', 1) as bigint), 0
            )
    end;

-- The ISO code in or of a text: `eur`, `€ 12`, `12 US$`.
create or replace macro parse_currency(text) as
    case
        when regexp_matches(text, '(?i)\b[A-Z]{3}\b')
            then upper(regexp_extract(text, '(?i)\b([A-Z]{3})\b', 1))
        when contains(text, '€') then 'EUR'
        when contains(text, '£') then 'GBP'
        when contains(text, '¥') then 'JPY'
        when contains(text, '₹') then 'INR'
        when contains(text, '$') then 'USD'
    end;

-- A number as JSON, times a factor if there is one.
create or replace macro json_number(amount, factor) as
    to_json(round(amount::double * coalesce(factor, 1), 4));
