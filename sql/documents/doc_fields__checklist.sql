-- For the account's admin, in the order of Admin settings: one line a field.
-- Then `deskferry plan`: it reads the settings again, and stops while a field
-- is missing.
-- title: For the admin: fields to create
-- order: 10
-- empty: Every field is there.

select
    object as module,
    field,
    upper(left(replace(substr(field, 4), '_', ' '), 1))
    || substr(replace(substr(field, 4), '_', ' '), 2) as label,
    type,
    case
        when standing = 'there, options missing' then 'add the missing choices'
        when standing = 'there, of another type'
            then 'it is of the type ' || type_there || ': make another field'
        when standing = 'there, not unique' then 'tick "unique"'
        when is_unique then 'create it, and tick "unique"'
        else 'create it'
    end as to_do,
    options_count,
    rows_count,
from doc_fields__manifest
where standing <> 'there'
order by module, field
