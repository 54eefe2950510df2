-- The rows of one object, text as it came. Few have no id, few have one that came before: only those are held, the others pass by.
create or replace view raw_smartdesk__{object} as
with landed as not materialized (
    select {id} as id, {columns}
    from {from}
),

-- The same export gives the same ids.
unnamed as (
    select _file, _part, _row,
        'row_' || left(_row_hash, 16) || '_'
        || row_number() over (partition by _row_hash order by _file, _part, _row) as made_id
    from landed
    where id is null
),

identified as not materialized (
    select landed.* replace (coalesce(landed.id, unnamed.made_id) as id)
    from landed
    left join unnamed
        on landed._file = unnamed._file and landed._part = unnamed._part and landed._row = unnamed._row
),

repeated as (
    select _file, _part, _row,
        row_number() over same_id as occurrence,
        _row_hash = first_value(_row_hash) over same_id as is_copy
    from identified
    where id in (select id from identified group by id having count(*) > 1)
    window same_id as (partition by id order by {newest}_file, _part, _row)
)

select identified.*,
    coalesce(repeated.occurrence, 1) as _occurrence,
    coalesce(repeated.is_copy, true) as _is_copy
from identified
left join repeated
    on identified._file = repeated._file and identified._part = repeated._part and identified._row = repeated._row;
