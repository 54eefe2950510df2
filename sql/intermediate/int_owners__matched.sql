-- Each owner with the user it becomes: a person's decision, else the e-mail.
-- key: _source_id

with owners as (
    select * from int_owners__listed
),

decisions as (
    select
        clean_text(source_id) as source_id,
        parse_email(source_email) as source_email,
        match_key(source_name) as source_name,
        parse_email(destination_email) as destination_email,
        lower(clean_text(decision)) as decision,
    from map_owners
    where clean_text(decision) is not null
        or clean_text(destination_email) is not null
),

decided as (
    select
        owners.*,
        coalesce(decisions.decision, 'match') as decision,
        decisions.source_id is not null
            or decisions.source_email is not null
            or decisions.source_name is not null as is_decided,
        decisions.destination_email,
    from owners
    left join decisions
        on coalesce(
            owners.user_id = decisions.source_id,
            owners.email = decisions.source_email,
            match_key(owners.full_name) = decisions.source_name
        )
    qualify row_number() over (
        partition by owners._source_id order by decisions.source_id nulls last
    ) = 1
),

matched as (
    select
        decided.*,
        users.owner_id as destination_owner_id,
        users.email as matched_email,
        users.is_active as is_active_at_destination,
    from decided
    left join stg_freshsales__owners as users
        on coalesce(decided.destination_email, decided.email) = users.email
        and decided.decision <> 'hold'
),

final as (
    select
        matched.*,
        case
            when matched.decision = 'hold' then 'owner_on_hold'
            when matched.destination_owner_id is null then 'owner_undecided'
            when not matched.is_active_at_destination then 'owner_inactive'
        end as owner_reason,
    from matched
)

select * from final
