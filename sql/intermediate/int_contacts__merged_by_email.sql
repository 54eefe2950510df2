-- Contacts with the derived ones, and for each e-mail address the one that
-- keeps it: the newest edit. What happens to the others is a policy. One no is
-- the no of all with its address.
-- key: _source_id

with contacts as (
    select * from stg_smartdesk__contacts
    union all by name
    select
        _source_id,
        _source_id as contact_id,
        first_name_of(full_name) as first_name,
        last_name_of(full_name) as last_name,
        full_name,
        company_id,
        company_name,
        false as is_deleted,
    from int_contacts__derived
),

-- Told by numbers, which are small: only addresses that may be shared are
-- compared as texts.
shared as (
    select hash(email) as mark
    from contacts
    where email is not null and _duplicate is null and not is_deleted
    group by mark
    having count(*) > 1
),

newest as (
    select
        email,
        _source_id as survivor_source_id,
    from contacts
    semi join shared on hash(contacts.email) = shared.mark
    where email is not null and _duplicate is null and not is_deleted
    qualify row_number() over (
        partition by email
        order by updated_at desc nulls last, created_at desc nulls last,
            _source_id
    ) = 1
),

ranked as (
    select
        contacts.* replace (
            case
                when opted_out.email is not null then true
                else contacts.is_opted_out
            end as is_opted_out,
            coalesce(contacts.opted_out_at, opted_out.opted_out_at)
                as opted_out_at,
        ),
        newest.survivor_source_id is distinct from contacts._source_id
            and newest.email is not null
            and contacts._duplicate is null
            and not contacts.is_deleted as has_newer_twin,
        newest.survivor_source_id as twin_source_id,
    from contacts
    left join newest on contacts.email = newest.email
    left join int_addresses__opted_out as opted_out
        on contacts.email = opted_out.email
),

final as (
    select
        * exclude (twin_source_id),
        case
            when has_newer_twin
                and coalesce(policy('duplicate_emails'), 'queue')
                = 'newest_wins'
                then twin_source_id
            else _source_id
        end as survivor_source_id,
    from ranked
)

select * from final
