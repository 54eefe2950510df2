-- The cells of one relation, as JSON text.
insert into cells
select @object, '@relation', source_id, cell.key, cell.value::varchar
from (
    select source_id, to_json(rows) as record
    from (select @id as source_id, @columns from @relation where @counts) as rows
) as records,
json_each(records.record) as cell
where cell.key <> 'source_id';

-- Rows under one id that say different things: all but the newest wait for a person.
insert into conflicts
select @object, @id from @relation where @conflicts
