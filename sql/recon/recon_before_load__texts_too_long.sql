-- Texts longer than a text field of the destination holds: it would refuse
-- the whole record.
-- blocks: yes
-- fix: let the account's admin make the field a text area, or name another one
-- fix: in sql/map/map_fields.csv

with limited as (
    select
        name,
        field_limit(name, type) as longest,
    from int_fields__listed
    where object = '@object'
        and starts_with(name, 'cf_')
),

sent as (
    select _source_id, _body from load_@object
    where _skip_reason is null and _queue_reason is null
)

select sent._source_id as source_id, limited.name as field,
from sent
cross join limited
where length(
    sent._body ->> ('$.custom_field."' || limited.name || '"')
) > limited.longest
order by all
