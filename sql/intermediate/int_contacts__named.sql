-- Every name by which a record may call a contact, within its company and
-- alone, and the address; a name of two people names neither.
-- key: name_key

with contacts as (
    select * from int_contacts__linked
    where _duplicate is null and full_name is not null and not is_deleted
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
    select match_key(last_name || ', ' || first_name), survivor_source_id,
    from contacts
    where last_name is not null and first_name is not null
    union all
    select email, survivor_source_id,
    from contacts
    where email is not null
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
