-- Rows about to be sent without a field that the destination requires.
-- blocks: yes
-- fix: map a column to the field in sql/map/map_fields.csv, or let the
-- fix: account's admin make it optional

with required as (
    select name from int_fields__listed
    where object = '@object' and is_required
),

sent as (
    select _source_id, _body from load_@object
    where _skip_reason is null and _queue_reason is null
)

select sent._source_id as source_id, required.name as field,
from sent
cross join required
where coalesce(
    sent._body ->> ('$."' || required.name || '"'),
    sent._body ->> ('$.custom_field."' || required.name || '"')
) is null
order by all
