-- Values that are longer than the field that takes them: 256 characters of
-- text, 10,000 of a textarea. Such a record is refused as a whole.
-- title: Values that are too long
-- order: 20
-- empty: Every value fits.

select
    object as module, field, type, longest_count,
    field_limit(field, type) as allowed_count,
    rows_count,
    'make it a textarea, or shorten it with a transform of `map_fields`'
        as to_do,
from doc_fields__manifest
where type in ('text', 'textarea')
    and longest_count > field_limit(field, type)
order by longest_count desc, module, field
