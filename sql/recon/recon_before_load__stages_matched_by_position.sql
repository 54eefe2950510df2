-- Stages matched by their position only: somebody should look at them.
-- blocks: no

select _source_id as source_id, pipeline_name, name as stage_name,
from int_stages__matched
where matched_by = 'position'
order by source_id
