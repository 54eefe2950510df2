-- Votes: what each cell of a column says of how all of them are written.
-- A cell that only one reading explains votes for it; one that both explain
-- is `open`, and the others of its column decide.

-- The two numbers of `3/4/26` and `03-04-2026 9:15` that may be the day.
create or replace macro day_and_month(text) as
    regexp_extract(
        text, '^\s*(\d{1,2})[-/](\d{1,2})[-/](?:\d{4}|\d\d)(?:\D|$)',
        ['first', 'second']
    );

-- The order of a date that does not begin with the year: dmy, mdy, or open.
-- Null where nothing depends on it: `2026-03-04`, `4 March`, `3/3/26`.
create or replace macro date_order_shown(text) as
    case
        when text is null or text like '____-__-__%' then null
        else list_transform([day_and_month(text)], lambda numbers: case
            when numbers.first = '' or numbers.first = numbers.second
                then null
            when try_cast(numbers.first as integer) > 12 then 'dmy'
            when try_cast(numbers.second as integer) > 12 then 'mdy'
            else 'open'
        end)[1]
    end;

-- The order by which one cell is read: its own, else that of its column.
create or replace macro settled_order(text, date_order) as
    case coalesce(date_order_shown(text), 'dmy')
        when 'open' then date_order
        when 'mdy' then 'mdy'
        else 'dmy'
    end;

-- The sign before the decimals of an amount: point, comma, or open, as in
-- `1.200` and `1,200`. Null where there is none, or no number.
create or replace macro decimal_sign_shown(text) as
    case
        when not regexp_matches(text, '[.,]') then null
        else list_transform([amount_digits(text)], lambda digits: case
            when regexp_full_match(digits, '[1-9]\d{0,2}[.,]\d{3}')
                then 'open'
            when regexp_full_match(digits, '\d*\.\d+')
                or regexp_full_match(digits, '\d{1,3}(,\d{3})+(\.\d+)?')
                then 'point'
            when regexp_full_match(digits, '\d*,\d+')
                or regexp_full_match(digits, '\d{1,3}(\.\d{3})+(,\d+)?')
                then 'comma'
        end)[1]
    end;

-- Whether an amount of a thousand or more is written without grouping.
create or replace macro is_ungrouped(text) as
    regexp_matches(text, '\d{4}');

-- How many cells vote for a word.
create or replace macro votes_for(word, shown) as
    {'word': word, 'cells': count_if(shown = word)};

-- The votes of a column's cells, as an aggregate: how many show each word, how
-- many wait for the others, and how many make what they show doubtful.
create or replace macro date_votes(column_name, text) as
    {
        'column_name': column_name,
        'topic': 'date_order',
        'votes': [
            votes_for('dmy', date_order_shown(text)),
            votes_for('mdy', date_order_shown(text))
        ],
        'open': count_if(date_order_shown(text) = 'open'),
        'doubt': 0,
        'without_zone': count_if(needs_zone(text))
    };

-- Where others are written without grouping, it is in doubt whether the comma
-- of `1,200` groups; so with the point, where the comma is the decimal sign.
create or replace macro amount_votes(column_name, text) as
    {
        'column_name': column_name,
        'topic': 'decimal_sign',
        'votes': [
            votes_for('point', decimal_sign_shown(text)),
            votes_for('comma', decimal_sign_shown(text))
        ],
        'open': count_if(decimal_sign_shown(text) = 'open'),
        'doubt': case
            when count_if(
                decimal_sign_shown(text) = 'open' and contains(text, ',')
            ) > 0
            and count_if(decimal_sign_shown(text) = 'point')
            >= count_if(decimal_sign_shown(text) = 'comma')
                then count_if(is_ungrouped(text))
            when count_if(
                decimal_sign_shown(text) = 'open' and contains(text, '.')
            ) > 0
            and count_if(decimal_sign_shown(text) = 'comma')
            > count_if(decimal_sign_shown(text) = 'point')
                then count_if(is_ungrouped(text))
            else 0
        end,
        'without_zone': 0
    };
