-- Of each record, in each list, the newest reading. Few are read more than once: only those are held, the others pass by.
with numbers as (
    select * from (values {numbers}) as numbers (path, _read_seq)
),

repeated as (
    select landed.id, {list} as list, max((numbers._read_seq::bigint, landed._row)) as newest
    from read_parquet({files}, filename = '_path') as landed
    inner join numbers on landed._path = numbers.path
    group by landed.id, {list}
    having count(*) > 1
)

select landed.id, landed.record, landed._page, landed._row, landed._row_hash, numbers._read_seq::bigint as _read_seq
from read_parquet({files}, filename = '_path') as landed
inner join numbers on landed._path = numbers.path
left join repeated
    on landed.id is not distinct from repeated.id
    and {list} is not distinct from repeated.list
where landed.record is not null
    and (
        repeated.newest is null
        or repeated.newest = (numbers._read_seq::bigint, landed._row)
    )
