-- Values that only a setting of the account makes whole, as long as nobody has
-- said it: the zone of times, the currency of amounts. It is said in
-- deskferry.toml, as time_zone and currency of [source].
-- blocks: decide

with times as (
    select
        'company' as object,
        count_if(needs_zone(created_at) or needs_zone(updated_at)) as cells,
    from raw_smartdesk__company
    union all
    select
        'contact',
        count_if(
            needs_zone(created_at) or needs_zone(updated_at)
            or needs_zone(email_opt_out_at) or needs_zone(consent_at)
        ),
    from raw_smartdesk__contact
    union all
    select
        'lead', count_if(needs_zone(created_at) or needs_zone(updated_at)),
    from raw_smartdesk__lead
    union all
    -- The day on which a deal was closed is one of the account's zone.
    select
        'deal',
        count_if(
            needs_zone(created_at) or needs_zone(updated_at)
            or has_time(closed_at)
        ),
    from raw_smartdesk__deal
),

work as (
    select
        'task' as object,
        count_if(
            needs_zone(due_at) or needs_zone(completed_at)
            or needs_zone(created_at)
        ) as cells,
    from raw_smartdesk__task
    union all
    select
        'activity',
        count_if(
            needs_zone(started_at) or needs_zone(ended_at)
            or needs_zone(created_at)
        ),
    from raw_smartdesk__activity
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

select 'time_zone' as setting, object, cells,
from (select * from times union all select * from work)
where source_time_zone() is null and cells > 0
union all
select 'currency', object, cells,
from amounts
where cells > 0
order by all
