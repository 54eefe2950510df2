-- Values that only a setting of the account makes whole, as long as nobody has
-- said it: the zone of times, the currency of amounts. It is said in
-- deskferry.toml, as time_zone and currency of [source].
-- blocks: decide
-- fix: say it in deskferry.toml, as time_zone and currency of [source]

with times as (
    select object, without_zone as cells,
    from col_smartdesk__votes
    union all
    -- The day on which a deal was closed is one of the account's zone.
    select 'deal', count_if(has_time(closed_at) and not needs_zone(closed_at)),
    from raw_smartdesk__deal
),

amounts as (
    select 'company' as object, count(*) as cells,
    from stg_smartdesk__companies
    where annual_revenue_amount is not null
        and annual_revenue_currency is null
    union all
    select 'deal', count(*),
    from stg_smartdesk__deals
    where value_amount is not null and value_currency is null
)

select 'time_zone' as setting, object, sum(cells)::bigint as cells,
from times
where source_time_zone() is null
group by object
having sum(cells) > 0
union all
select 'currency', object, cells,
from amounts
where cells > 0
order by all
