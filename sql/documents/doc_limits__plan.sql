-- What is needed beside what the plan in `deskferry.toml` allows. The plan
-- cannot be read from the account: is it the right one? Custom fields are those
-- of this migration; those that the account has already come on top.
-- title: Needed and allowed
-- order: 10
-- key: limit, module

with fields as (
    select object as module, type, count(*) as needed
    from doc_fields__manifest
    group by object, type
    union all
    select object, 'all', count(*)
    from doc_fields__manifest
    group by object
),

extras as (
    select
        'pipelines' as "limit", '-' as module, count(*) as needed,
        case when not has_sales_extras(destination_plan()) then 1 end
            as allowed,
        'fold them into one with `map_stages`, or take a higher plan' as to_do,
    from stg_smartdesk__pipelines
    where _duplicate is null
    union all
    select
        'currencies', '-', count(distinct value_currency),
        case when not has_sales_extras(destination_plan()) then 1 end,
        'amounts in another currency lose it: take a higher plan',
    from stg_smartdesk__deals
    where _duplicate is null and not is_deleted and value_amount is not null
    union all
    select
        'products of the catalogue', '-', count(*),
        case when not has_sales_extras(destination_plan()) then 0 end,
        'there is no catalogue in this plan: products stay text on their deals',
    from stg_smartdesk__products
    where _duplicate is null
),

wanted as (
    select
        'custom fields: ' || type as "limit",
        module,
        needed::bigint as needed,
        custom_fields_allowed(destination_plan(), type)::bigint as allowed,
        'take a higher plan, or leave fields out of `map_fields`' as to_do,
    from fields
    union all
    select * from extras
    union all
    select
        'gigabytes of files', '-',
        ceil(coalesce(sum(_file_bytes), 0) / 1e9)::bigint,
        storage_bytes_per_user(destination_plan()) // 1000000000 * greatest(
            (select count(*) from stg_freshsales__owners where is_active), 1
        ),
        'buy storage, take a higher plan, or leave files out',
    from load_attachments
    where _skip_reason is null
)

select
    "limit", module, needed, allowed,
    case
        when allowed is null then 'no limit known'
        when needed > allowed then 'too many'
        when allowed >= 10 and needed > 0.9 * allowed then 'nearly all'
        else 'fits'
    end as standing,
    case when needed > allowed then to_do else '' end as to_do,
from wanted
order by (needed > allowed) desc nulls last, "limit", module
