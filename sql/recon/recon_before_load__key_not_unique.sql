-- Custom fields that find a record again, and are not marked unique there: a
-- second write would make a second record. An account that shows no forms is
-- asked by `deskferry probe --write` instead.
-- blocks: yes
-- fix: the account's admin marks this custom field of @object as unique

with waiting as (
    select
        min(_source_id) as source_id,
        count(*) as rows_count,
    from load_@object
    where _skip_reason is null and _queue_reason is null
)

select
    waiting.source_id,
    keys.field,
    waiting.rows_count,
    'not unique' as standing,
from object_keys as keys
inner join int_fields__unique as fields
    on keys.object = fields.object and keys.field = fields.name
cross join waiting
where keys.object = '@object'
    and starts_with(keys.field, 'cf_')
    and not fields.is_unique
    and waiting.rows_count > 0
