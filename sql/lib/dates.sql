-- Dates and times: many spellings in, DATE and TIMESTAMP (UTC) out.
-- What cannot be read without a guess is null, and a check lists it.

-- The number of a month by its name in en, de, fr, es, it, pt or nl.
create or replace macro month_number(word) as
    list_transform(
        [strip_accents(lower(word))],
        lambda month: coalesce(
            map {'juin': 6, 'juil': 7}[left(month, 4)],
            map {
                'jan': 1, 'ene': 1, 'gen': 1, 'feb': 2, 'fev': 2,
                'mar': 3, 'maa': 3, 'mrt': 3, 'apr': 4, 'avr': 4, 'abr': 4,
                'may': 5, 'mai': 5, 'mag': 5, 'mei': 5, 'jun': 6, 'giu': 6,
                'jul': 7, 'lug': 7, 'aug': 8, 'aou': 8, 'ago': 8,
                'sep': 9, 'set': 9, 'oct': 10, 'okt': 10, 'ott': 10,
                'out': 10, 'nov': 11, 'dec': 12, 'dez': 12, 'dic': 12
            }[left(month, 3)]
        )
    )[1];

-- `4. März 2026`, `Mar 4, 2026` as `2026-3-4`; null when it is neither.
create or replace macro named_month_date(text) as
    nullif(regexp_extract(text, '\d{4}$'), '')
    || '-' || month_number(regexp_extract(
        text, '^(?:\d{1,2}\.?\s+(?:de\s+)?)?(\pL{3,})', 1
    ))
    || '-' || nullif(regexp_extract(
        text,
        '^(?:\pL+\.?\s+)?(\d{1,2})[.,]?\s+(?:(?:de\s+)?\pL+\.?,?\s+'
        || '(?:de\s+)?)?\d{4}$',
        1
    ), '');

-- A date. `date_order` (mdy, dmy) settles `3/4/26`; without one it stays null.
-- `13/4/26` and `3/3/26` settle themselves. A day written as its midnight is
-- that day in every zone.
-- The list of one is there so that the cell is cleaned once, not at each use.
create or replace macro parse_date(text, date_order) as
    list_transform([regexp_replace(
        clean_value(text), '[T ]00:00(:00(\.0+)?)?\s*(Z|\+00:?00)?$', ''
    )], lambda cell: case
        when regexp_full_match(cell, '\d{4}[-/.]\d{1,2}[-/.]\d{1,2}')
            then try_strptime(
                regexp_replace(cell, '[/.]', '-', 'g'), '%Y-%m-%d'
            )
        when regexp_full_match(cell, '(19|20)\d{6}')
            then try_strptime(cell, '%Y%m%d')
        when regexp_full_match(cell, '\d{1,2}\.\d{1,2}\.(\d\d){1,2}')
            then try_strptime(cell, ['%d.%m.%y', '%d.%m.%Y'])
        when regexp_full_match(cell, '[2-5]\d{4}')
            then date '1899-12-30' + try_cast(cell as integer)
        when not regexp_full_match(
            cell, '\d{1,2}[-/]\d{1,2}[-/](\d\d){1,2}'
        ) then try_strptime(named_month_date(cell), '%Y-%m-%d')
        when settled_order(cell, date_order) = 'mdy' then try_strptime(
            replace(cell, '-', '/'), ['%m/%d/%y', '%m/%d/%Y']
        )
        when settled_order(cell, date_order) = 'dmy' then try_strptime(
            replace(cell, '-', '/'), ['%d/%m/%y', '%d/%m/%Y']
        )
    end::date)[1];

-- The time of day in `2026-03-04 9:15 PM`.
create or replace macro time_of(text) as
    coalesce(
        try_strptime(
            upper(regexp_extract(text, '\d{1,2}:\d\d\s*[aApP][mM]')),
            ['%I:%M %p', '%I:%M%p']
        )::time,
        try_cast(
            regexp_extract(text, '\d{1,2}:\d\d(:\d\d(\.\d+)?)?') as time
        )
    );

-- An instant as UTC. Without an offset the account's zone decides; a date
-- alone is midnight there.
create or replace macro parse_instant(text, date_order, time_zone) as
    list_transform([clean_value(text)], lambda cell: case
        when regexp_full_match(
            cell, '\d{4}-\d\d-\d\d[T ][\d:.]+\s*(Z|[+-]\d\d:?\d\d)'
        ) then try_cast(cell as timestamptz) at time zone 'UTC'
        when regexp_full_match(cell, '\d{10}')
            then to_timestamp(try_cast(cell as bigint)) at time zone 'UTC'
        when regexp_full_match(cell, '\d{13}')
            then epoch_ms(try_cast(cell as bigint))
        else zone_to_utc(
            parse_date(
                regexp_replace(cell, '[T ,]+\d{1,2}:\d\d.*$', ''),
                date_order
            )
            + coalesce(
                time_of(cell),
                case when not has_time(cell) then time '00:00' end
            ),
            time_zone
        )
    end)[1];
