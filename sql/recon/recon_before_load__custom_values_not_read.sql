-- Cells of custom fields that are not of the type map_fields gives them: the
-- field is left out of the record.
-- blocks: no

select object, _source_id as source_id, source_column, type,
from int_custom_fields__typed
where type not in ('dropdown', 'multi_select', 'text')
    and (value is null or json_type(value) = 'NULL')
    and not is_no_value(source_value)
order by all
