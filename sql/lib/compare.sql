-- Comparing what was wanted with what the destination shows.

-- The text of a JSON value, null for null and for nothing.
create or replace macro json_text(value) as
    nullif(trim(value ->> '$'), '');

-- The members of a JSON list by which it is compared: ids, types, values.
create or replace macro json_members(value) as
    list_sort(list_distinct(list_transform(
        value::json[],
        lambda item: coalesce(
            item ->> '$.id', item ->> '$.value', item ->> '$'
        )
    )));

-- Whether a list shows this value as an id or as a type.
create or replace macro json_list_holds(list, value) as
    list_contains(
        flatten(list_transform(
            list::json[],
            lambda item: [
                item ->> '$.id', item ->> '$.type', item ->> '$.value',
                item ->> '$',
            ]
        )),
        json_text(value)
    );

-- The fields of a record by name; it is taken apart once for all of them.
create or replace macro fields_of(record) as
    from_json(record, '"MAP(VARCHAR, JSON)"');

create or replace macro is_json_number(value) as
    json_type(value) in ['BIGINT', 'UBIGINT', 'DOUBLE'];

create or replace macro same_number(wanted, stored) as
    (is_json_number(wanted) or is_json_number(stored))
    and try_cast(json_text(wanted) as decimal(28, 6))
        = try_cast(json_text(stored) as decimal(28, 6));

-- A date by its day; two instants as instants, whatever their offset.
create or replace macro same_time(wanted, stored) as
    case
        when regexp_full_match(json_text(wanted), '\d{4}-\d\d-\d\d')
            then left(json_text(stored), 10) = json_text(wanted)
        when regexp_matches(json_text(wanted), '^\d{4}-\d\d-\d\dT\d\d:')
            then try_cast(json_text(wanted) as timestamptz)
            = try_cast(json_text(stored) as timestamptz)
        else false
    end;

create or replace macro same_choices(wanted, stored) as
    contains(json_text(wanted), ';')
    and list_sort(string_split(json_text(wanted), ';'))
        = list_sort(string_split(json_text(stored), ';'));

-- Whether the stored value is the wanted one, in the ways a CRM shows it. A
-- list may hold more: others write there, and an update leaves theirs in place.
create or replace macro same_value(wanted, stored) as
    coalesce(
        case
            when wanted = stored then true
            when json_text(wanted) is null then true
            when json_text(stored) is null
                then json_text(wanted) = '[]'
            when json_type(wanted) = 'ARRAY' and json_type(stored) = 'ARRAY'
                then list_has_all(
                    json_members(stored), json_members(wanted)
                )
            when json_type(stored) = 'ARRAY'
                then json_list_holds(stored, wanted)
            else json_text(wanted) = json_text(stored)
                or same_number(wanted, stored)
                or same_time(wanted, stored)
                or same_choices(wanted, stored)
        end,
        false
    );

-- The source id that a stored record shows, in a field or in its text.
create or replace macro marker_of(record) as
    coalesce(
        nullif(record ->> '$.external_id', ''),
        nullif(record ->> '$.custom_field.cf_source_id', ''),
        nullif(
            regexp_extract(record, '\[deskferry ([^\]]+)\]', 1), ''
        )
    );
