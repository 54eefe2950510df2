-- Cells: blanks, keys for matching, names, e-mail addresses, markers.
-- The topics of this folder are run in the order of their names, so that the
-- later ones can use these.

-- The text without blanks around it, and without the apostrophe that keeps a
-- spreadsheet from computing it; nothing left is null.
create or replace macro clean_text(text) as
    nullif(
        regexp_replace(
            regexp_replace(
                text,
                '^[\s\x{00A0}\x{200B}\x{FEFF}]+|[\s\x{00A0}\x{200B}\x{FEFF}]+$',
                '', 'g'
            ),
            '^''([=+@-])', '\1'
        ),
        ''
    );

-- Words and days that people and programs write for "no value".
create or replace macro is_no_value(text) as
    clean_text(text) is null
    or lower(clean_text(text)) in [
        '-', '--', 'n/a', 'na', '#n/a', 'null', 'none', 'nil', '(blank)',
        '0000-00-00', '0000-00-00 00:00:00', '1900-01-00'
    ]
    or regexp_matches(text, '^\s*9999-12-31');

-- The text of a cell that is no name: words for "no value" are none.
create or replace macro clean_value(text) as
    case when not is_no_value(text) then clean_text(text) end;

-- The text of a name: what no name can be is none, `N/A` and `-`. People are
-- called Null, None and Na.
create or replace macro clean_name(text) as
    nullif(
        regexp_replace(
            clean_text(text), '(?i)^(-+|#?n/a|\(blank\))$', ''
        ),
        ''
    );

-- Whether a cell holds something that could not be read.
create or replace macro is_unread(text, value) as
    not is_no_value(text) and value is null;

-- What two spellings of one name have in common: case, blanks, accents' form.
create or replace macro match_key(text) as
    lower(nfc_normalize(
        regexp_replace(clean_text(text), '[\s\x{00A0}]+', ' ', 'g')
    ));

-- The address inside `Ines Berg <INES@acme.example>`, in lower case;
-- null when there is none that could be written to.
create or replace macro parse_email(text) as
    nullif(
        regexp_extract(
            lower(text),
            '([^\s<>,;:"@]+@[^\s<>,;:"@]+\.[^\s<>,;:"@.]+)\.?', 1
        ),
        ''
    );

-- The last word of a full name; `Last, First` is understood.
create or replace macro last_name_of(full_name) as
    case
        when contains(full_name, ',')
            then clean_text(split_part(full_name, ',', 1))
        else clean_text(regexp_extract(clean_text(full_name), '\S+$'))
    end;

-- Everything before the last word of a full name.
create or replace macro first_name_of(full_name) as
    case
        when contains(full_name, ',')
            then clean_text(split_part(full_name, ',', 2))
        else clean_text(
            regexp_replace(clean_text(full_name), '\S+$', '')
        )
    end;

-- true or false in the words of several programs and languages.
create or replace macro parse_boolean(text) as
    case
        when lower(clean_text(text)) in [
            'true', 't', 'yes', 'y', '1', 'on', 'x', 'checked', 'ja', 'oui',
            'si', 'sí', 'sim', '✓'
        ] then true
        when lower(clean_text(text)) in [
            'false', 'f', 'no', 'n', '0', 'off', 'unchecked', 'nein', 'non',
            'não', 'nee'
        ] then false
    end;

-- Rich text without what would run: scripts, styles, handlers.
create or replace macro sanitise_html(html) as
    regexp_replace(
        regexp_replace(
            regexp_replace(
                html,
                '<(script|style|iframe|object)\b[^>]*>.*?</\s*'
                || '(script|style|iframe|object)\s*>',
                '', 'gis'
            ),
            '<(script|style|iframe|object|embed|link|meta)\b[^>]*>', '', 'gi'
        ),
        '\s(on[a-z]+\s*=\s*("[^"]*"|''[^'']*''|[^\s>]+)'
        || '|(href|src)\s*=\s*["'']?\s*javascript:[^\s>"'']*["'']?)',
        '', 'gi'
    );

-- Plain text as HTML: the special characters and the line breaks.
create or replace macro text_as_html(text) as
    replace(replace(replace(replace(
        text, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), chr(10), '<br>');

-- The mark by which a record without a key is found again.
create or replace macro source_marker(source_id) as
    '[deskferry ' || source_id || ']';
