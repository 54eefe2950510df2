-- Records at the destination that bear one source id twice.
-- blocks: yes

with marked as (
    select distinct id, marker_of(record) as source_id,
    from raw_freshsales__@object
)

select source_id, count(id) as records,
from marked
where source_id is not null
group by source_id
having count(id) > 1
order by source_id
