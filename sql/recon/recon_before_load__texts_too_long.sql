-- Texts longer than a text field of the destination holds: it would refuse
-- the whole record.
-- blocks: yes

with limited as (
    select
        name,
        case when type = 'text' then 256 else 10000 end as longest,
    from int_fields__listed
    where object = '@object'
        and type in ('text', 'textarea', 'paragraph')
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
