-- Custom fields about to be written that the destination does not have: it
-- would take the record and drop the value without a word.
-- blocks: yes
-- fix: the account's admin creates them as the document `fields` of `deskferry
-- fix: discover` lists them, or sql/map/map_fields.csv names others

with known as (
    select name from int_fields__listed where object = '@object'
),

written as (
    select
        _source_id,
        unnest(json_keys(_body, '$.custom_field')) as field,
    from load_@object
    where _skip_reason is null and _queue_reason is null
),

missing as (
    select written.field, count(*) as rows, min(_source_id) as source_id,
    from written
    anti join known on written.field = known.name
    group by written.field
)

select * from missing
order by field
