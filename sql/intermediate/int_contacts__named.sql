-- Every name by which a record may call a contact, within its company and
-- alone, and the address; a name of two people names neither.
-- key: name_key

with contacts as (
    select * from int_contacts__linked
    where _duplicate is null and full_name is not null and not is_deleted
),

-- Few stand for an id by address or with the last name first: keys are made for
-- these, not for everybody.
asked as (
    select match_key(contact_id) as name_key
    from stg_smartdesk__deals
    where contains(contact_id, '@') or contains(contact_id, ',')
    union
    select match_key(converted_contact_id)
    from stg_smartdesk__leads
    where contains(converted_contact_id, '@')
        or contains(converted_contact_id, ',')
),

keys as (
    select
        match_key(full_name) || '|' || coalesce(company_source_id, '')
            as name_key,
        survivor_source_id,
    from contacts
    union all
    select match_key(full_name), survivor_source_id,
    from contacts
    union all
    select asked.name_key, contacts.survivor_source_id,
    from contacts
    inner join asked
        on match_key(contacts.last_name || ', ' || contacts.first_name)
        = asked.name_key
    union all
    select asked.name_key, contacts.survivor_source_id,
    from contacts
    inner join asked on contacts.email = asked.name_key
),

-- Whether all are one person is told by numbers: two texts would be held for
-- each name.
counted as (
    select
        name_key,
        any_value(survivor_source_id) as contact_source_id,
        min(hash(survivor_source_id)) <> max(hash(survivor_source_id))
            as is_ambiguous,
    from keys
    group by name_key
),

final as (
    select
        name_key,
        case when not is_ambiguous then contact_source_id end
            as contact_source_id,
        is_ambiguous,
    from counted
)

select * from final
