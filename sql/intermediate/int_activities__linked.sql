-- Activities with their owner and what can be said before loading.
-- key: _source_id

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
left join stg_freshsales__sales_activity_outcomes as outcomes
    on match_key(activities.outcome) = match_key(outcomes.name)
    and activities.sales_activity_type_id = outcomes.sales_activity_type_id
qualify row_number() over (
    partition by activities._source_id
    order by outcomes.sales_activity_outcome_id
) = 1
