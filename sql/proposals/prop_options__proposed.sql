-- What each choice of the source becomes, or might. The same word needs no row
-- in map_options; kinds of activities and currencies have no map.
-- key: object, source

with decided as (
    select
        lower(clean_text(object)) as object,
        clean_text(field) as field,
        match_key(source_value) as value,
        min(clean_text(destination_value)) as destination,
    from map_options
    where clean_text(destination_value) is not null
    group by all
),

ranked as (
    select
        *,
        case when is_same then 1.0 else 0.97 * likeness end as confidence,
        row_number() over by_value as place,
        lead(choice) over by_value as runner_up,
        lead(0.97 * likeness) over by_value as runner_up_confidence,
    from prop_options__compared
    window by_value as (
        partition by object, field, value
        order by is_same desc, likeness desc, choice
    )
),

-- What the scripts log, they log by themselves.
logged as (
    select distinct 'activity' as object, 'type' as field, type as value,
        object as logged_as,
    from int_activities__typed
    where object <> 'notes' or type = 'note'
),

judged as (
    select
        best.object,
        best.field,
        best.value,
        asked.cells,
        best.name,
        best.likeness,
        best.runner_up,
        best.runner_up_confidence,
        coalesce(decided.destination, logged.logged_as) as decided_as,
        best.is_same,
        coalesce(decided.destination, logged.logged_as, case
            when best.confidence >= proposal_floor() then best.choice
        end) as destination,
        case
            when decided_as is not null or best.is_same then 1.0
            else best.confidence
        end as confidence,
        best.field in ('type', 'value_currency') as has_no_map,
    from ranked as best
    inner join prop_choices__asked as asked
        on best.object = asked.object
        and best.field = asked.field
        and best.value = asked.value
    left join decided
        on best.object = decided.object
        and best.field = decided.field
        and match_key(best.value) = decided.value
    left join logged
        on best.object = logged.object
        and best.field = logged.field
        and best.value = logged.value
    where best.place = 1
),

final as (
    select
        *,
        case
            when decided_as is not null or is_same then 'decided'
            else proposal_status(
                confidence, runner_up_confidence, likeness = 1
            )
        end as status,
        case
            when decided_as is not null and has_no_map
                then 'the scripts log it as one of the ' || decided_as
            when decided_as is not null then 'map_options says so'
            when is_same then 'the same word there'
            when destination is null then 'no choice there is like it'
            else format('names `{}` and `{}` {:.2f}', name, destination, likeness)
        end || case
            when has_no_map and not is_same and decided_as is null
                then '; no map says it'
            else ''
        end as evidence,
    from judged
)

select
    object,
    field || ' = ' || value as source,
    destination,
    round(confidence, 3) as confidence,
    evidence,
    case when runner_up_confidence >= 0.3 then runner_up end as runner_up,
    case
        when runner_up_confidence >= 0.3 then round(runner_up_confidence, 3)
    end as runner_up_confidence,
    case when status = 'none' then ['options'] else [] end as lossy,
    case when status = 'none' then cells else 0 end as rows_affected,
    cells as rows,
    status,
    false as is_to_create,
    case when not has_no_map then 'map_options' end as map,
    case
        when not has_no_map and destination is not null then [map {
            'object': object,
            'field': field,
            'source_value': value,
            'destination_value': destination
        }]
        else []
    end as answers,
from final
