-- Defects of files that were refused.
select
    expected, 'refused' as outcome, finding,
    coalesce(object, '') || coalesce('.' || column_name, '') as place,
    count(*)::bigint as defects,
from read_parquet(@defects)
where exists (select 1 from (select unnest([@files]::varchar[]) as pattern) where file like pattern)
group by all
order by all
