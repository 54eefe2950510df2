-- The cells of one relation, as JSON text.
insert into cells
select @object, '@relation', source_id, cell.key, cell.value::varchar
from (
    select source_id, to_json(rows) as record
    from (select @id as source_id, @columns from @relation) as rows
) as records,
json_each(records.record) as cell
where cell.key <> 'source_id'
