insert into said
select 'reported', null, queue_reason, null, null, to_json({'source_id': _source_id})::varchar
from @relation
where queue_reason is not null
