-- Files: their names, and what the destination takes of them.

-- The last part of a path, whatever stands between its folders.
create or replace macro base_name(path) as
    regexp_extract(replace(path, '\', '/'), '[^/]*$');

-- The folder that a file lies in, without what is above it; null for none.
create or replace macro folder_name(path) as
    nullif(
        regexp_extract(replace(path, '\', '/'), '([^/]+)/[^/]*$', 1), ''
    );

-- A path by which two spellings of it are the same.
create or replace macro path_key(path) as
    match_key(regexp_replace(replace(path, '\', '/'), '^(\./)+', ''));

-- What a file's name may begin with when its row's id stands before it:
-- `att_1__Offer.pdf` gives `att`, `att_1`, `att_1_` and the name without
-- its ending.
create or replace macro file_prefixes(name) as
    list_distinct(list_append(
        list_transform(
            range(1, least(len(string_split(name, '_')), 6)),
            lambda parts: array_to_string(
                string_split(name, '_')[1:parts], '_'
            )
        ),
        regexp_replace(name, '\.[^.]*$', '')
    ));

-- A name that every system can keep: no separators, no control characters,
-- at most 200 characters with its ending.
create or replace macro safe_file_name(name) as
    list_transform(
        [regexp_replace(
            nfc_normalize(clean_text(name)), '[\x00-\x1f\x7f/\\:*?"<>|]',
            '_', 'g'
        )],
        lambda safe: case
            when length(safe) <= 200 then safe
            else left(
                safe, 200 - length(regexp_extract(safe, '\.[^.]{1,10}$'))
            ) || regexp_extract(safe, '\.[^.]{1,10}$')
        end
    )[1];

-- Whether a file would run when somebody opens it.
create or replace macro is_program_name(name) as
    regexp_matches(
        lower(name),
        '\.(exe|com|bat|cmd|msi|scr|pif|vbs|vbe|js|jse|wsf|hta|jar|ps1|lnk'
        || '|dll|cpl|reg|app|sh)[. ]*$'
    );

-- A program, or a document with one inside.
create or replace macro may_run(name) as
    is_program_name(name)
    or regexp_matches(lower(name), '\.(docm|dotm|xlsm|xlam|xltm|pptm)[. ]*$');

-- The largest file that the destination takes: 150 MB.
create or replace macro most_file_bytes() as 150 * 1024 * 1024;

-- What a plan of the destination stores for each user, in bytes.
create or replace macro storage_bytes_per_user(plan) as
    case plan
        when 'free' then 0
        when 'growth' then 2
        when 'pro' then 5
        when 'enterprise' then 100
    end * 1000000000::bigint;

-- The type of the activities in a file that has one a type: `Calls.csv`.
create or replace macro activity_type_of(path) as
    case regexp_extract(
        lower(parse_filename(path)),
        '^(?:[a-z]+[-_ ])?(call|e-?mail|meeting|note|appointment)s?\b', 1
    )
        when 'call' then 'call'
        when 'email' then 'email'
        when 'e-mail' then 'email'
        when 'meeting' then 'meeting'
        when 'appointment' then 'meeting'
        when 'note' then 'note'
    end;
