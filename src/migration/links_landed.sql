-- Records of {object} as they were known, and the links that the other end has
-- shown. The records only pass by: to take one apart costs far more memory.
create or replace temp table links_landed as
with found as (
    select
        links_shown.id,
        string_agg(distinct links_shown.parent, ',') as parents,
    from links_shown
    semi join links_open on links_shown.id = links_open.id
    group by links_shown.id
)

select row_number() over () as number, stored.record, found.parents
from raw_freshsales__{object} as stored
inner join found on try_cast(stored.id as bigint) = found.id;
