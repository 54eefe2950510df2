-- People who share an e-mail address, contacts and leads together: one row a
-- person, clusters by address. The destination would make one of them; which
-- rule applies is said in deskferry.toml.
-- blocks: no

with persons as (
    select 'contact' as object, _source_id as source_id, email,
    from stg_smartdesk__contacts
    where _duplicate is null
    union all
    select 'lead', _source_id, email,
    from stg_smartdesk__leads
    where _duplicate is null
)

select
    object,
    source_id,
    dense_rank() over (order by email) as cluster,
    count(*) over (partition by email) as people,
from persons
where email is not null
qualify people > 1
order by cluster, object, source_id
