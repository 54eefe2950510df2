-- What the admin of Freshsales does before the load, in this order of weight.
-- A user costs a licence: where nobody is to work there again, name another
-- user in `map_owners` instead.
-- title: For the admin: users to invite or to activate
-- order: 20
-- empty: Every owner has a user.
-- key: address

select
    person as address,
    case standing
        when 'inactive there' then 'activate the user'
        when 'no address' then 'find out who this is'
        else 'invite a user with this address'
    end as to_do,
    case
        when is_shared_mailbox
            then 'a shared mailbox: better a person, by map_owners'
        when not is_active_at_source
            then 'left the source: better a successor, by map_owners'
        when not is_in_list_of_users
            then 'not among the users of the export'
    end as note,
    held_back_count,
    source_ids,
from doc_owners__people
where standing in ('missing there', 'inactive there', 'no address')
    and held_back_count > 0
order by held_back_count desc, address
