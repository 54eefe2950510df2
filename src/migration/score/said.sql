-- What was set aside and what is asked. A zero is every other byte of UTF-16.
create table said as
select
    'quarantined' as kind, object, _file as file, _line as line, null::varchar as column_name,
    replace("bytes"::varchar, '\x00', '') as text,
from read_parquet(@quarantine)
where code not in ('title_row', 'total_row')
union all
select 'quarantined', object, null, null, null, source_id
-- All but the newest wait for a person.
from duplicates
where kind = 'conflict'
union all
select
    'asked',
    case when choices.is_landed then files.object else split_part(choices.scope, '.', 1) end,
    case when choices.is_landed then choices.scope end,
    null,
    case when not choices.is_landed then split_part(choices.scope, '.', 2) end,
    choices.scope || ' ' || choices.topic,
from int_choices__judged as choices
left join landed_files as files on choices.is_landed and choices.scope = files.path
where choices.is_open
