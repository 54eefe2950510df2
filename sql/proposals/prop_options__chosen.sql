-- Each choice of the source with the best that the destination offers, the
-- second best, and what a script or a person has decided.
-- key: object, field, value

with decided as (
    select
        lower(clean_text(object)) as object,
        clean_text(field) as field,
        match_key(source_value) as value,
        min(clean_text(destination_value)) as decided_as,
    from map_options
    where clean_text(destination_value) is not null
    group by all
    union all
    -- What the scripts log, they log by themselves.
    select 'activity', 'type', match_key(type), min(object),
    from int_activities__typed
    where object <> 'notes' or type = 'note'
    group by match_key(type)
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

final as (
    select
        best.* exclude (place, confidence),
        asked.cells,
        decided.decided_as,
        best.field in ('type', 'value_currency') as has_no_map,
        case
            when decided.decided_as is not null or best.is_same then 1.0
            else best.confidence
        end as confidence,
    from ranked as best
    inner join prop_choices__asked as asked
        on best.object = asked.object
        and best.field = asked.field
        and best.value = asked.value
    left join decided
        on best.object = decided.object
        and best.field = decided.field
        and match_key(best.value) = decided.value
    where best.place = 1
)

select * from final
