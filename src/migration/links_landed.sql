-- Records of {object} as they were known, with the links that the other end has
-- shown beside those they show themselves.
create or replace temp table links_landed as
with found as (
    select links_shown.id, list(distinct links_shown.parent::varchar) as parents
    from links_shown
    semi join links_open on links_shown.id = links_open.id
    group by links_shown.id
),

linked as (
    select
        stored.record,
        list_distinct(list_concat(
            json_extract_string(stored.record, '$.{field}[*].id'), found.parents
        )) as parents,
    from raw_freshsales__{object} as stored
    inner join found on try_cast(stored.id as bigint) = found.id
)

select
    row_number() over () as number,
    json_merge_patch(record, json_object(
        '{field}',
        list_transform(parents, lambda parent: {'id': parent::bigint})
    ))::varchar as record,
from linked;
