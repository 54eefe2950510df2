-- Every key by which a record may name its owner, and what came of it.
-- A name that two users share decides nothing. The key of records without an
-- owner exists only when somebody decided whose they are: source_id `(none)`
-- in map_owners, with the e-mail of a user that some owner becomes.
-- key: owner_key

with owners as (
    select * from int_owners__matched where _duplicate is null
),

keys as (
    select 'id:' || user_id as owner_key, _source_id, owner_reason
    from owners
    where user_id is not null
    union all
    select 'email:' || email, _source_id, owner_reason
    from owners
    where email is not null
    union all
    select 'name:' || match_key(full_name), _source_id, owner_reason
    from owners
    where full_name is not null
),

ownerless as (
    select
        'id:(none)' as owner_key,
        min(owners._source_id) as _source_id,
        min(owners.owner_reason) as owner_reason,
    from map_owners as decisions
    inner join owners
        on parse_email(decisions.destination_email) = owners.matched_email
    where decisions.source_id = '(none)'
    having count(*) > 0
),

final as (
    select
        owner_key,
        min(_source_id) as owner_source_id,
        case
            when count(distinct _source_id) > 1 then 'owner_undecided'
            else min(owner_reason)
        end as owner_reason,
    from (select * from keys union all select * from ownerless)
    group by owner_key
)

select * from final
