-- Names of fields, stages and choices: what their words are, and how alike two
-- names are.

-- Words that say nothing, in seven languages.
create or replace macro is_filler(word) as
    word in [
        'a', 'al', 'am', 'an', 'and', 'at', 'auf', 'by', 'cf', 'con',
        'custom', 'd', 'da', 'das', 'datensatz', 'de', 'dei', 'del', 'della',
        'delle', 'dem', 'den', 'der', 'des', 'di', 'die', 'do', 'dos', 'du',
        'e', 'een', 'el', 'em', 'en', 'entry', 'es', 'et', 'field', 'feld',
        'for', 'fur', 'het', 'i', 'il', 'im', 'in', 'is', 'l', 'la', 'las',
        'le', 'les', 'lo', 'los', 'met', 'o', 'of', 'on', 'op', 'os', 'para',
        'per', 'por', 'pour', 'record', 'row', 's', 'the', 'to', 'u', 'um',
        'und', 'van', 'veld', 'vom', 'von', 'voor', 'y', 'zu', 'zum', 'zur'
    ];

-- The words of a name: `vornameKunde` and `Größe 2` as `vorname kunde` and
-- `grosse 2`.
create or replace macro name_words(name) as
    list_filter(
        string_split(
            regexp_replace(
                strip_accents(replace(lower(regexp_replace(
                    clean_text(name), '(\p{Ll})([\p{Lu}\d])', '\1 \2', 'g'
                )), 'ß', 'ss')),
                '[^\pL\d]+', ' ', 'g'
            ),
            ' '
        ),
        lambda word: word <> ''
    );

-- Whether one word is a usual way to shorten the other: its begin, or some of
-- its letters in their order, with hardly a vowel: `cntry`, `ratng`.
create or replace macro is_short_for(short, long) as
    case
        when length(short) < 3 or length(short) >= length(long)
            or left(short, 1) <> left(long, 1) then false
        -- A long begin is a word of its own: `account` of `accountant`.
        when starts_with(long, short)
            then length(short) <= 5 or length(short) >= 0.75 * length(long)
        when length(short) < 0.4 * length(long)
            or regexp_matches(substr(short, 2), '[aeiou].*[aeiou]') then false
        else regexp_matches(
            long, array_to_string(string_split(short, ''), '.*')
        )
    end;

-- How alike two different words are that nobody knows.
create or replace macro plain_likeness(a, b) as
    case
        when regexp_matches(a || b, '\d') then 0.0
        when is_short_for(a, b) or is_short_for(b, a) then 0.9
        when least(length(a), length(b)) >= 6
            and damerau_levenshtein(a, b)
                <= greatest(length(a), length(b)) // 6
            then 0.9
        when least(length(a), length(b)) >= 6
            and jaro_winkler_similarity(a, b) >= 0.93
            then 0.85
        else 0.0
    end;

-- How alike two words are: the same, one short for the other, a typing error.
-- Two known words (`=contact`, `=contract`) are the same or are not.
create or replace macro word_likeness(a, b) as
    case
        when ltrim(a, '=') = ltrim(b, '=') then 1.0
        when starts_with(a, '=') and starts_with(b, '=') then 0.0
        else plain_likeness(ltrim(a, '='), ltrim(b, '='))
    end;

-- Words that say of what sort a thing is, and not what.
create or replace macro word_weight(word) as
    case
        when ltrim(word, '=') in [
            'number', 'date', 'name', 'id', 'type', 'code', 'value', 'text',
            'time', 'info', 'status', 'main', 'note', 'url', 'amount'
        ] then 0.35
        else 1.0
    end;

create or replace macro words_weight(words) as
    list_sum(list_transform(words, lambda word: word_weight(word)));

-- What of the first name's words is in the second, by weight.
create or replace macro words_found(words, others) as
    list_sum(list_transform(
        words,
        lambda word: word_weight(word) * list_max(list_transform(
            others, lambda other: word_likeness(word, other)
        ))
    ));

-- How alike two names are, by their words: 0 to 1.
create or replace macro name_likeness(words, others) as
    coalesce(
        (words_found(words, others) + words_found(others, words))
        / nullif(words_weight(words) + words_weight(others), 0),
        0.0
    );
