-- What each choice of the source becomes, or might. The same word needs no row
-- in map_options; kinds of activities and currencies have no map.
-- key: object, source

with judged as (
    select
        *,
        case
            when decided_as is not null then decided_as
            when confidence >= proposal_floor() then choice
        end as destination,
        case
            when decided_as is not null or is_same then 'decided'
            else proposal_status(
                confidence, runner_up_confidence, likeness = 1
            )
        end as status,
    from prop_options__chosen
),

final as (
    select
        *,
        case
            when decided_as is not null and has_no_map
                then 'the scripts log it'
            when decided_as is not null then 'map_options says so'
            when is_same then 'the same word there'
            when destination is null then 'no choice there is like it'
            else format(
                'names `{}` and `{}` {:.2f}', name, destination, likeness
            )
        end || case
            when has_no_map and status <> 'decided' then '; no map says it'
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
        when status <> 'decided' and not has_no_map
            and destination is not null then [map {
            'object': object,
            'field': field,
            'source_value': value,
            'destination_value': destination
        }]
        else []
    end as answers,
from final
