-- Each column that goes nowhere yet with the best that it may become, the
-- second best, and another column that wants the same.
-- key: object, source_column

with ranked as (
    select
        *,
        row_number() over by_column as place,
        lead(destination_field) over by_column as runner_up,
        lead(confidence) over by_column as runner_up_confidence,
    from prop_fields__judged
    window by_column as (
        partition by object, source_column
        order by confidence desc, likeness desc, offer
    )
),

best as (
    select
        *,
        nth_value(source_column, 2) over by_offer as rival,
        nth_value(confidence, 2) over by_offer as rival_confidence,
        first_value(source_column) over by_offer as first_column,
        first_value(confidence) over by_offer as first_confidence,
    from ranked
    where place = 1
    window by_offer as (
        partition by object, offer
        order by confidence desc, source_column
        rows between unbounded preceding and unbounded following
    )
),

final as (
    select
        * exclude (place, rival, rival_confidence, first_column,
            first_confidence),
        case
            when first_column <> source_column then first_column
            else rival
        end as rival,
        case
            when first_column <> source_column then first_confidence
            else rival_confidence
        end as rival_confidence,
    from best
)

select * from final
