    select id, '{column}' as name, unnest(list_concat(
        [
            record ->> '$.{column}',
            record ->> '$.custom_field.{column}',
        ],
        json_extract_string(record, '$.{column}s[*].value')
    )) as value
    from others
