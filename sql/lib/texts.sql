-- Texts: characters that say that something went wrong before the export.

-- What is odd about a text: letters that were decoded wrongly (`MÃ¼ller`), a
-- character that was lost (U+FFFD), a line separator or control character that
-- few programs show, one without width. Null where nothing is.
create or replace macro oddity_of(text) as
    case
        when contains(text, chr(65533)) then 'character_lost'
        when regexp_matches(
            text,
            '[ÂÃ][\x{80}-\x{BF}€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]'
            || '|[ÄÅÆ][\x{A1}-\x{BF}€‚ƒ„†‡ˆ‰Š‹ŒŽ˜™š›œžŸ]|Å[“”]\pL|â€|ðŸ'
        ) then 'decoded_wrongly'
        when regexp_matches(text, '[\x{85}\x{2028}\x{2029}]')
            then 'line_separator'
        when regexp_matches(text, '[\x{00}-\x{08}\x{0B}\x{0C}\x{0E}-\x{1F}]')
            then 'control_character'
        when regexp_matches(text, '[\x{200B}\x{200C}\x{2060}\x{FEFF}]')
            then 'no_width'
    end;

-- What a text holds that does not arrive as it looks: a picture of its own or
-- of the e-mail that it came with, or more than 32,000 characters.
create or replace macro body_oddity(text) as
    case
        when regexp_matches(
            text, '(?i)<img\b[^>]*\bsrc\s*=\s*["'']?(cid|data):'
        ) then 'picture'
        when length(text) > 32000 then 'too_long'
    end;

-- Whether a name or an address is one of those that people try a program with.
create or replace macro is_sample(text) as
    regexp_matches(
        strip_accents(lower(clean_text(text))),
        '^(samples?|tests?|demo|dummy|beispiel|muster|exemple|ejemplo|esempio'
        || '|exemplo|voorbeeld)\b|@test\.'
    );
