-- Custom fields: the typed value, or the single values that are no option.
insert into cells
select object, 'custom', _source_id, source_column, coalesce(value::varchar, to_json(refused_values)::varchar)
from int_custom_fields__typed;
insert into interpreted
select lower(object), source_column from map_fields;

-- A row that stands there twice counts once, and is accounted for.
delete from cells using duplicates
where cells.object = duplicates.object and cells.source_id = duplicates.source_id and duplicates.kind = 'copy'
