-- Activities with their owner and what can be said before loading.
-- key: _source_id

with outcomes as (
    select
        sales_activity_type_id,
        match_key(name) as outcome_key,
        min(sales_activity_outcome_id) as sales_activity_outcome_id,
    from stg_freshsales__sales_activity_outcomes
    group by all
)

select
    activities.*,
    outcomes.sales_activity_outcome_id,
    owners.owner_source_id,
    owners.owner_reason,
    row_skip_reason(
        activities._duplicate, activities.is_deleted
    ) as skip_reason,
    coalesce(
        row_queue_reason(activities._duplicate),
        case
            when activities.started_at is null
                and activities.object <> 'notes' then 'missing_date'
        end
    ) as queue_reason,
from int_activities__described as activities
left join int_owners__keyed as owners
    on coalesce(activities.owner_key, 'id:(none)') = owners.owner_key
left join outcomes
    on match_key(activities.outcome) = outcomes.outcome_key
    and activities.sales_activity_type_id = outcomes.sales_activity_type_id
