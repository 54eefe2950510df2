-- Sums of deals per currency and stage: those of the export against those of
-- the load, whatever will become of each row. A row is a difference.
-- blocks: yes
-- fix: a script of deals below sql/ loses or changes amounts: correct it

with exported as (
    select
        upper(coalesce(
            parse_currency(value_currency), parse_currency(value_amount),
            source_currency()
        )) as currency,
        coalesce(stage_id, stage_name, '') as stage,
        count(*) as deals,
        coalesce(sum(parse_amount(
            value_amount, columns.read_as['deal.value_amount']
        )), 0) as amount,
    from raw_smartdesk__deal
    cross join col_smartdesk__read_as as columns
    group by all
),

loaded as (
    select
        deals.value_currency as currency,
        coalesce(deals.stage_id, deals.stage_name, '') as stage,
        count(*) as deals,
        coalesce(sum(wanted.amount), 0) as amount,
    from load_deals as wanted
    inner join stg_smartdesk__deals as deals
        on wanted._source_id = deals._source_id
    group by all
)

select
    coalesce(exported.currency, loaded.currency) as currency,
    coalesce(exported.stage, loaded.stage) as stage,
    exported.deals as exported_deals,
    loaded.deals as loaded_deals,
    exported.amount as exported_amount,
    loaded.amount as loaded_amount,
from exported
full join loaded
    on exported.currency = loaded.currency and exported.stage = loaded.stage
where exported.deals is distinct from loaded.deals
    or exported.amount is distinct from loaded.amount
order by all
