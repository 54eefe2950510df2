-- Custom fields: the typed value, or the single values that are no option.
insert into cells
select object, 'custom', _source_id, source_column, coalesce(value::varchar, to_json(refused_values)::varchar)
from int_custom_fields__typed;
insert into interpreted
select lower(object), source_column from map_fields
