-- One row a person, those first for whom most records wait. Whoever is matched
-- becomes the user with the same address, or the one that `map_owners` names.
-- A shared mailbox is told by its name; decide who answers for its records.
-- Other names are what records call a person beside the users of the export.
-- title: Everybody
-- order: 10
-- empty: No record has an owner.
-- chart: person, held_back_count
-- key: person, standing, becomes

with involved as (
    select
        owner_key,
        case when object = 'tasks' then 'assignee' else 'owner' end as role,
    from int_records__owned
    union all
    select owner_key(author_id, author_email, null), 'author',
    from stg_smartdesk__activities
    where coalesce(author_id, author_email) is not null
),

counted as (
    select
        keyed.owner_source_id,
        count_if(involved.role = 'owner') as owns_count,
        count_if(involved.role = 'assignee') as given_count,
        count_if(involved.role = 'author') as wrote_count,
    from involved
    inner join int_owners__keyed as keyed
        on involved.owner_key = keyed.owner_key
    group by keyed.owner_source_id
),

known as (
    select count(*) > 0 as are_users_known from stg_freshsales__owners
),

people as (
    select
        owners.*,
        -- Some exports name people by their address where an id should be.
        coalesce(owners.email, parse_email(owners.user_id)) as address,
        users.is_active as is_active_at_source,
        coalesce(counted.owns_count, 0) as owns_count,
        coalesce(counted.given_count, 0) as given_count,
        coalesce(counted.wrote_count, 0) as wrote_count,
        known.are_users_known,
    from int_owners__matched as owners
    left join counted on owners._source_id = counted.owner_source_id
    left join stg_smartdesk__users as users
        on owners._source_id = users._source_id
    cross join known
    where owners._duplicate is null
),

judged as (
    select
        *,
        coalesce(address, full_name, user_id) as person,
        case
            when decision = 'hold' then 'on hold, as decided'
            when not are_users_known then 'users there are not known yet'
            when owner_reason is null and is_decided
                then 'matched, as decided'
            when owner_reason is null then 'matched'
            when owner_reason = 'owner_inactive' then 'inactive there'
            when coalesce(address, destination_email) is null
                then 'no address'
            else 'missing there'
        end as standing,
        case
            when matched_email <> coalesce(address, '') then matched_email
        end as becomes,
    from people
    where owns_count + given_count + wrote_count > 0 or is_in_export
)

select
    person,
    standing,
    becomes,
    is_shared_mailbox(any_value(address)) as is_shared_mailbox,
    bool_or(is_in_export) as is_in_list_of_users,
    bool_or(is_active_at_source) as is_active_at_source,
    sum(owns_count)::bigint as owns_count,
    sum(given_count)::bigint as given_count,
    sum(wrote_count)::bigint as wrote_count,
    coalesce(
        sum(owns_count + given_count) filter (where owner_reason is not null),
        0
    )::bigint as held_back_count,
    array_to_string(
        list(user_id order by user_id) filter (where is_in_export), ', '
    ) as source_ids,
    count_if(not is_in_export) as other_names_count,
from judged
group by person, standing, becomes
order by held_back_count desc, owns_count desc, person
