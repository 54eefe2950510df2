-- What each field of the source becomes, or might: with confidence, evidence,
-- and what would be lost.
-- key: object, source_column

with judged as (
    select
        destined.*,
        case
            when decided is not null then 'decided'
            when is_to_create or filled is null then 'none'
            when rival_confidence >= confidence - proposal_margin()
                and confidence >= proposal_threshold() then 'ambiguous'
            when rival_confidence > confidence then 'none'
            -- Who may be written to is no guess.
            when is_consent(column_name) and likeness < 1 then 'none'
            else proposal_status(
                confidence, runner_up_confidence,
                likeness = 1 and coalesce(fit, 1) >= 0.9
                and coalesce(weighed.rows_affected, 0) = 0
            )
        end as status,
        coalesce(weighed.lossy, []) as lossy,
        coalesce(weighed.rows_affected, 0) as rows_affected,
    from prop_fields__destined as destined
    left join prop_fields__weighed as weighed
        on destined.object = weighed.object
        and destined.source_column = weighed.source_column
),

reasoned as (
    select
        *,
        case
            when carried_to = '-' then 'decides what becomes of the record'
            when carried_to is not null then 'the load script carries it'
            when mapped_to is not null then 'map_fields says so'
            when is_computed then 'the source computes it'
            when is_file then 'files travel as attachments'
            when filled is null then 'holds nothing'
            when is_to_create then 'nothing there is called like it'
            when destination_field is null and is_canonical
                then 'no script carries it'
            when destination_field is null then 'nothing there is like it'
        end as reason,
        case
            when overlap is not null then format(
                '{} of {} options there hold {} % of the values',
                options_there, options_offered, round(100 * overlap)::integer
            )
            else format(
                '{} % of the values fit {}',
                round(100 * coalesce(fit, 0))::integer, replace(kind, '_', ' ')
            )
        end as fitting,
        field_limit(destination_field, destination_type) as longest_there,
    from judged
),

evident as (
    select
        *,
        coalesce(reason, concat_ws(
            '; ',
            format(
                'names `{}` and `{}` {:.2f}',
                source_name, offered_name, likeness
            ),
            case when way = 'map_headers' then 'is column ' || column_name end,
            fitting,
            case
                when longest_there is not null
                    then format('longest {} of {}', longest, longest_there)
            end,
            case
                when rival_confidence >= confidence - proposal_margin()
                    then format('`{}` wants it too', rival)
            end,
            case when way = 'script' then 'no script writes it' end
        )) as evidence,
    from reasoned
)

select
    evident.object,
    evident.source_column as source,
    case
        when evident.destination_field <> '-' then evident.destination_field
    end as destination,
    evident.destination_label,
    evident.destination_type,
    case
        when decided is not null then 1.0
        when is_to_create then 0.0
        else round(coalesce(evident.confidence, 0), 3)
    end as confidence,
    evident.evidence,
    case
        when decided is null and evident.runner_up_confidence >= 0.3
            then evident.runner_up
    end as runner_up,
    case
        when decided is null and evident.runner_up_confidence >= 0.3
            then round(evident.runner_up_confidence, 3)
    end as runner_up_confidence,
    evident.lossy,
    evident.rows_affected,
    coalesce(evident.filled, 0) as rows,
    evident.status,
    coalesce(evident.is_to_create, false) as is_to_create,
    answered.map,
    coalesce(answered.answers, []) as answers,
from evident
left join prop_fields__answered as answered
    on evident.object = answered.object
    and evident.source_column = answered.source_column
