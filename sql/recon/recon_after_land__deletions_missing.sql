-- A delta that does not tell what was deleted. Records that are gone at the
-- source look as if nothing had happened to them.
-- blocks: no

select
    'deleted' as object,
    landed_extracts.since,
from landed_extracts
where landed_extracts.export_type = 'delta'
    and not exists (
        select 1
        from landed_files
        where landed_files.object = 'deleted'
    )
order by all
