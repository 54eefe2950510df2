-- Nothing was read back yet.
select
    null::varchar as id, null::varchar as record, null::bigint as _page,
    null::bigint as _row, null::varchar as _row_hash, null::bigint as _read_seq
where false
