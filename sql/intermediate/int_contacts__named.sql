-- Every name by which a record may call a contact, within its company and
-- alone; a name of two people stays with both counted.
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
),

final as (
    select
        name_key,
        min(survivor_source_id) as contact_source_id,
        min(survivor_source_id) <> max(survivor_source_id) as is_ambiguous,
    from keys
    group by name_key
)

select * from final
