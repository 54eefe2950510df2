-- Records that somebody made to try the program with, by their names. They are
-- loaded like the others; whoever wants them out deletes them at the source.
-- blocks: no

with records as (
    select 'company' as object, _source_id as source_id, name,
    from stg_smartdesk__companies
    where _duplicate is null and not is_deleted
    union all
    select 'contact', _source_id, unnest([full_name, email]),
    from stg_smartdesk__contacts
    where _duplicate is null and not is_deleted
    union all
    select 'lead', _source_id, unnest([full_name, email]),
    from stg_smartdesk__leads
    where _duplicate is null and not is_deleted
    union all
    select 'deal', _source_id, name,
    from stg_smartdesk__deals
    where _duplicate is null and not is_deleted
)

select distinct object, source_id,
from records
where is_sample(name)
order by all
