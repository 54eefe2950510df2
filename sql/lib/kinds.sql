-- What a cell looks like, whatever its column is called.

create or replace macro looks_like_email(text) as
    regexp_matches(text, '^\S*[^\s@<]+@[^\s@>]+\.[^\s@>]+>?$');

create or replace macro looks_like_url(text) as
    regexp_matches(
        text, '(?i)^\s*(https?://|www\.)\S+$|^\s*[\w-]+(\.[\w-]+)+(/\S*)?\s*$'
    )
    and regexp_matches(text, '\.\pL{2,}');

create or replace macro looks_like_phone(text) as
    regexp_full_match(
        trim(text),
        '(\+|00|\(?0)[\d\s()/.-]{5,}(\s?(x|ext\.?)\s?\d+)?'
    )
    and not regexp_matches(text, '^\s*\d{4}-\d\d-\d\d');

create or replace macro looks_like_number(text) as
    regexp_full_match(
        trim(text),
        '(?i)\(?-?\s*([a-z]{3}|\p{Sc})?\s*-?\d[\d.,''’\s]*'
        || '([a-z]{3}|\p{Sc}|%|k|m)?\)?'
    );

create or replace macro looks_like_date(text) as
    regexp_matches(
        text,
        '^\s*(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d\d){1,2}'
        || '|\d{1,2}\.?\s+(de\s+)?\pL{3,}\.?,?\s+(de\s+)?\d{4}'
        || '|\pL{3,}\.?\s+\d{1,2},?\s+\d{4})([T\s,]|$)'
    );

create or replace macro looks_like_instant(text) as
    looks_like_date(text) and regexp_matches(text, '\d[T ,]+\d{1,2}:\d\d');

-- The kind of a type that the export says its field has.
create or replace macro kind_of_type(type) as
    case
        when type in ['integer', 'decimal', 'currency', 'percent'] then 'number'
        when type in ['single_select', 'radio'] then 'choice'
        when type in ['multi_select', 'checkbox_group'] then 'list'
        when type in ['long_text', 'rich_text', 'json'] then 'long'
        when type = 'boolean' then 'checkbox'
        when type = 'datetime' then 'date_time'
        when type in ['date', 'email', 'phone', 'url', 'text'] then type
        when type is not null then 'text'
    end;

-- The kind of a canonical column, by its name.
create or replace macro kind_of_column(name) as
    case
        when name in ['owner_id', 'owner_email', 'owner_name'] then 'user'
        when name = 'id' or regexp_matches(name, '_ids?$') then 'id'
        when regexp_matches(name, 'email') and not regexp_matches(name, 'opt')
            then 'email'
        when regexp_matches(name, '^(phone|mobile|phone_number)$') then 'phone'
        when regexp_matches(name, 'url$|^website$|^domain$') then 'url'
        when regexp_matches(name, '_at$') then 'date_time'
        when regexp_matches(name, '_date$|^birthday$') then 'date'
        when regexp_matches(name, '^(is|has)_|_opt_(in|out)$|^do_not_|^should_')
            then 'checkbox'
        when regexp_matches(
            name, '_amount$|_count$|_seconds$|^score$|^probability$|_order$'
        ) then 'number'
        else 'plain_text'
    end;

-- The map_fields type of a kind.
create or replace macro map_type_of(kind) as
    case kind
        when 'choice' then 'dropdown'
        when 'list' then 'multi_select'
        when 'number' then 'number'
        when 'checkbox' then 'checkbox'
        when 'date' then 'date'
        when 'date_time' then 'date_time'
        else 'text'
    end;
