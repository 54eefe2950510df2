-- Deals that contradict themselves, one row a contradiction; they are sent as
-- they are.
-- blocks: no

with deals as (
    select
        deals._source_id as source_id,
        stages.kind,
        deals.*,
    from stg_smartdesk__deals as deals
    left join stg_smartdesk__stages as stages
        on deals.stage_id = stages.stage_id and stages._duplicate is null
    where deals._duplicate is null and not deals.is_deleted
),

questioned as (
    select source_id, unnest([
        case
            when status = 'won' and closed_date is null
                then 'won_without_closed_date'
        end,
        case
            when status = 'lost' and closed_date is null
                then 'lost_without_closed_date'
        end,
        case
            when status = 'lost' and lost_reason is null
                then 'lost_without_reason'
        end,
        case when value_amount < 0 then 'negative_value' end,
        case
            when status = 'open' and probability = 0 then 'open_without_chance'
        end,
        case when status <> kind then 'status_against_stage' end,
        case
            when closed_date < created_at::date then 'closed_before_created'
        end,
        case when name is null then 'name_made_up' end,
    ]) as question,
    from deals
)

select source_id, question,
from questioned
where question is not null
order by question, source_id
