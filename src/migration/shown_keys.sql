    -- As `load::confirm` reads a record's keys, and the account's own beside them.
    select id, '{column}' as name, unnest(list_concat(
        json_extract_string(
            record, ['$.{column}', '$.custom_field.{column}']
        ),
        json_extract_string(record, '$.{column}s[*].value')
    )) as value
    from others
