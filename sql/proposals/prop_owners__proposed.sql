-- What each owner of the source becomes, or might: by address, else by name.
-- Nobody becomes a user who is not active there without a person.
-- key: object, source

with owned as (
    select keyed.owner_source_id, count(*) as records,
    from int_records__owned as owned
    inner join int_owners__keyed as keyed on owned.owner_key = keyed.owner_key
    group by keyed.owner_source_id
),

owners as (
    select
        owners.*,
        coalesce(owned.records, 0) as records,
        owners.is_decided or owners.matched_email is not null as is_settled,
    from int_owners__matched as owners
    left join owned on owners._source_id = owned.owner_source_id
    where owners._duplicate is null and owners._source_id <> '(none)'
),

compared as (
    select
        owners._source_id,
        users.email as destination_email,
        users.is_active,
        coalesce(name_likeness(
            name_words(owners.full_name), name_words(users.full_name)
        ), 0) as likeness,
        coalesce(
            split_part(owners.email, '@', 1) = split_part(users.email, '@', 1),
            false
        ) as is_same_box,
    from owners
    cross join stg_freshsales__owners as users
    where not owners.is_settled and users.email is not null
),

weighed as (
    select
        *,
        case when is_active then 1.0 else 0.8 end * case
            when is_same_box then 0.85 + 0.13 * likeness
            else 0.92 * likeness
        end as confidence,
    from compared
),

ranked as (
    select
        *,
        row_number() over by_owner as place,
        lead(destination_email) over by_owner as runner_up,
        lead(confidence) over by_owner as runner_up_confidence,
    from weighed
    window by_owner as (
        partition by _source_id
        order by confidence desc, destination_email
    )
),

final as (
    select
        owners.*,
        best.* exclude (_source_id, destination_email, confidence),
        case
            when owners.is_settled then owners.matched_email
            when best.confidence >= proposal_floor()
                then best.destination_email
        end as destination,
        case
            when owners.is_settled then 1.0 else coalesce(best.confidence, 0)
        end as confidence,
    from owners
    left join ranked as best
        on owners._source_id = best._source_id and best.place = 1
)

select
    'user' as object,
    concat_ws(' ', _source_id, full_name) as source,
    destination,
    round(confidence, 3) as confidence,
    case
        when is_decided then 'map_owners says so'
        when is_settled then 'the same address there'
        when destination is null then 'nobody there is called like it'
        else concat_ws(
            '; ',
            format('names {:.2f}', likeness),
            case when is_same_box then 'the same name before the @' end,
            case when not is_active then 'not active there' end
        )
    end as evidence,
    case when runner_up_confidence >= 0.3 then runner_up end as runner_up,
    case
        when runner_up_confidence >= 0.3 then round(runner_up_confidence, 3)
    end as runner_up_confidence,
    []::varchar[] as lossy,
    case when destination is null then records else 0 end as rows_affected,
    records as rows,
    case
        when is_settled then 'decided'
        else proposal_status(confidence, runner_up_confidence, false)
    end as status,
    false as is_to_create,
    'map_owners' as map,
    case
        when is_settled or destination is null then []
        else [map {
            'source_id': coalesce(user_id, ''),
            'source_name': coalesce(full_name, ''),
            'source_email': coalesce(email, ''),
            'destination_email': destination,
            'decision': 'match',
            'note': 'map propose'
        }]
    end as answers,
from final
