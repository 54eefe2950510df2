-- Records at the destination that bear one source id twice.
-- blocks: yes
-- fix: keep one of each at the destination and remove the others, then
-- fix: `deskferry verify`

-- Read once: the records are wide.
with marked as materialized (
    select hash(id) as number, marker_of(record) as source_id,
    from raw_freshsales__@object
),

-- Told apart by numbers: the texts would be held for each record.
repeated as (
    select hash(source_id) as mark
    from marked
    where source_id is not null
    group by mark
    having min(number) <> max(number)
)

select source_id, count(distinct number) as records,
from marked
where hash(source_id) in (select mark from repeated)
group by source_id
having count(distinct number) > 1
order by source_id
