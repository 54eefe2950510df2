-- Values about to be written to a custom field that was created with another
-- type than the manifest asks for (`deskferry discover`, document `fields`). A
-- type that the fact sheet does not name takes anything.
-- blocks: yes
-- fix: the account's admin makes a field of the type that the document `fields`
-- fix: of `deskferry discover` names, or sql/map/map_fields.csv names another
-- fix: one

with fields as (
    select name, type, kind_of_field(type) as kind
    from int_fields__listed
    where object = '@object' and starts_with(name, 'cf_')
),

sent as (
    select
        _source_id,
        _body,
        unnest(json_keys(_body, '$.custom_field')) as field,
    from load_@object
    where _skip_reason is null and _queue_reason is null
),

cells as (
    select
        _source_id,
        field,
        json_type(_body, '$.custom_field."' || field || '"') as json_type,
        _body ->> ('$.custom_field."' || field || '"') as value,
    from sent
),

misfits as (
    select
        cells.field,
        fields.type as type_there,
        count(*) as rows,
        min(cells._source_id) as source_id,
    from cells
    inner join fields on cells.field = fields.name
    where not fits_field(fields.kind, cells.json_type, cells.value)
    group by cells.field, fields.type
)

select * from misfits
order by field
