-- Phones: kept as written, or null when the digits are already lost.

-- The number as it was typed, without a spreadsheet's guard before it.
create or replace macro parse_phone(text) as
    case
        when is_no_value(text) then null
        when regexp_full_match(trim(text), '\d+([.,]\d+)?[eE]\+?\d+')
            then null
        when not regexp_matches(text, '\d.*\d') then null
        else regexp_replace(clean_text(text), '^''([+0(])', '\1')
    end;
