-- Columns that the source computes itself: they are not loaded, and stay in the
-- landed files to check with.
-- blocks: no

select object, column_name as "column", type,
from stg_smartdesk__fields
where is_computed
order by all
