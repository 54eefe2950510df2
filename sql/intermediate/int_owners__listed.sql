-- Every owner: the users of the export, and those that only records name.
-- key: _source_id

with users as (
    select * from stg_smartdesk__users
),

owned as (
    select * from int_records__owned
),

known_keys as (
    select 'id:' || user_id as owner_key from users
    union
    select 'email:' || email from users where email is not null
    union
    select 'name:' || match_key(full_name) from users
    where full_name is not null
),

named_only_by_records as (
    select
        coalesce(
            any_value(owned.owner_id),
            'owner:' || min(split_part(owned.owner_key, ':', 2))
        ) as _source_id,
        null::varchar as _duplicate,
        any_value(owned.owner_id) as user_id,
        max(owned.owner_email) as email,
        max(owned.owner_name) as full_name,
        false as is_deleted,
        false as is_in_export,
    from owned
    anti join known_keys on owned.owner_key = known_keys.owner_key
    group by owned.owner_key
),

final as (
    select
        _source_id, _duplicate, user_id, email, full_name, is_deleted,
        true as is_in_export,
    from users
    union all
    select * from named_only_by_records
)

select * from final
