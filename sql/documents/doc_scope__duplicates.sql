-- Rows that share an id, people who share an address, and companies that share
-- a name. Freshsales has an address and a name once; `deskferry.toml` says
-- whether the newest goes or all wait.
-- title: Duplicates
-- order: 90
-- empty: Nothing is there twice.

with ids as (
    select
        object,
        case reason
            when 'duplicate_id' then 'a second row, the same'
            else 'a second row under one id, and another'
        end as shares,
        count(*) as rows_count,
        null::bigint as clusters_count,
    from ledger_buckets
    where reason in ('duplicate_id', 'conflicting_id')
    group by object, reason
),

people as (
    select
        objects.object,
        'an e-mail address' as shares,
        count(*) as rows_count,
        count(distinct cluster) as clusters_count,
    from recon_after_land__people_twice as people
    inner join objects
        on people.object = objects.source and objects.has_quarantine
    group by objects.object
),

companies as (
    select
        'companies' as object,
        'a name' as shares,
        count(*) as rows_count,
        count(distinct cluster) as clusters_count,
    from recon_after_land__companies_twice
    having count(*) > 0
)

select object, shares, rows_count, clusters_count, 'the older row' as stays,
from ids
union all
select *, 'policy duplicate_emails: ' || policy('duplicate_emails'),
from people
union all
select *, 'policy duplicate_names: ' || policy('duplicate_names'),
from companies
order by all
