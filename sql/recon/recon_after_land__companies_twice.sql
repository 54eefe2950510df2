-- Companies that share a name: one row a company, clusters by name. The
-- destination has a name once; duplicate_names in deskferry.toml is the rule.
-- blocks: no

with companies as (
    select _source_id as source_id, match_key(name) as name_key,
    from stg_smartdesk__companies
    where _duplicate is null and not is_deleted and name is not null
)

select
    source_id,
    dense_rank() over (order by name_key) as cluster,
    count(*) over (partition by name_key) as namesakes,
from companies
qualify namesakes > 1
order by cluster, source_id
