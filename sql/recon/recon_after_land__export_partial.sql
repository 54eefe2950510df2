-- An export that says that it is not the whole account, only what changed.
-- An extract is all that a load takes: what is not in it, is not sent by it.
-- blocks: no

select
    export_type,
    since,
    exported_at,
from landed_extracts
where export_type is distinct from 'full' and export_type is not null
order by all
