-- Lists: what stands between the values of a cell that holds several.

-- The character of a separator's name.
create or replace macro separator_sign(separator) as
    case separator
        when 'comma' then ','
        when 'pipe' then '|'
        when 'line_break' then chr(10)
        else ';'
    end;

-- A text in which the options that hold the separator themselves hold chr(3).
create or replace macro options_kept(text, sign, options) as
    list_reduce(
        [text] || list_filter(options, lambda option: contains(option, sign)),
        lambda kept, option: replace(
            kept, option, replace(option, sign, chr(3))
        )
    );

-- The parts of a list cell: a JSON array, parts between ` |##| `, or between
-- the separator of its column; `\;` and `\\` stand inside a value, and so does
-- a separator inside a known option.
create or replace macro list_parts(text, separator, options) as
    case
        when regexp_matches(text, '^\s*\[.*\]\s*$') and json_valid(text)
            then json_extract_string(text, '$[*]')
        when contains(text, '|##|') then string_split(text, '|##|')
        when separator in ['comma', 'pipe', 'line_break'] then list_transform(
            string_split(
                options_kept(text, separator_sign(separator), options),
                separator_sign(separator)
            ),
            lambda part: replace(part, chr(3), separator_sign(separator))
        )
        else list_transform(
            string_split(
                replace(replace(text, '\\', chr(1)), '\;', chr(2)), ';'
            ),
            lambda part: replace(replace(part, chr(2), ';'), chr(1), '\')
        )
    end;

-- The values of a multi-select cell; null when there is none.
create or replace macro multi_values(text, separator, options) as
    nullif(
        list_filter(
            list_transform(
                list_parts(text, separator, options),
                lambda part: clean_value(part)
            ),
            lambda part: part is not null
        ),
        []
    );

-- What stands between the values of a list; null when nothing does.
create or replace macro separator_shown(text) as
    case
        when regexp_matches(text, '^\s*\[.*\]\s*$|\|##\|') then null
        when regexp_matches(text, '[^\\];') then 'semicolon'
        when contains(text, '|') then 'pipe'
        when contains(text, chr(10)) then 'line_break'
        when contains(text, ',') then 'comma'
    end;

-- What values are matched by.
create or replace macro list_keys(texts) as
    list_transform(texts, lambda text: match_key(text));

-- By which separator all values of a list are known options; null where none
-- explains it, or nothing needs one.
create or replace macro known_separator(text, options) as
    case
        when separator_shown(text) is null
            or list_contains(list_keys(options), match_key(text)) then null
        else list_filter(
            ['semicolon', 'comma', 'pipe', 'line_break'],
            lambda word: len(multi_values(text, word, options)) > 1
                and list_has_all(
                    list_keys(options),
                    list_keys(multi_values(text, word, options))
                )
        )[1]
    end;

-- The separator that a cell votes for: the one by which its values are options,
-- else what stands there, if it is a semicolon or no options are known.
create or replace macro separator_voted(text, options) as
    coalesce(
        known_separator(text, options),
        case
            when len(options) = 0 or separator_shown(text) = 'semicolon'
                then separator_shown(text)
        end
    );

-- The votes of a column of lists. A semicolon separates unless it is escaped;
-- anything else between two values may as well be part of one: only options
-- prove that it is not.
create or replace macro list_votes(column_name, text, options) as
    {
        'column_name': column_name,
        'topic': 'separator',
        'votes': [
            votes_for('semicolon', separator_voted(text, options)),
            votes_for('comma', separator_voted(text, options)),
            votes_for('pipe', separator_voted(text, options)),
            votes_for('line_break', separator_voted(text, options))
        ],
        'open': count(separator_shown(text)),
        'doubt': case
            when count(known_separator(text, options)) = 0
                then count_if(separator_shown(text) <> 'semicolon')
            else 0
        end,
        'without_zone': 0
    };
