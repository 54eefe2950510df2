-- Leads, and for each e-mail address the newest one; whether a contact has
-- that address too, with which the lead would become one person. One no to mail
-- is the no of all with its address.
-- key: _source_id

with leads as (
    select
        *,
        _duplicate is null and not is_deleted and not is_converted
            as is_open,
    from stg_smartdesk__leads
),

newest as (
    select
        email,
        _source_id as survivor_source_id,
    from leads
    where email is not null and is_open
    qualify row_number() over (
        partition by email
        order by updated_at desc nulls last, created_at desc nulls last,
            _source_id
    ) = 1
),

contact_emails as (
    select distinct email
    from stg_smartdesk__contacts
    where email is not null and not is_deleted
),

final as (
    select
        leads.* replace (
            case
                when opted_out.email is not null then true
                else leads.is_opted_out
            end as is_opted_out,
        ),
        leads.is_open
            and newest.survivor_source_id <> leads._source_id
            as has_newer_twin,
        leads.is_open
            and contact_emails.email is not null as has_email_of_contact,
        case
            when leads.is_open
                and coalesce(policy('duplicate_emails'), 'queue')
                = 'newest_wins'
                then coalesce(newest.survivor_source_id, leads._source_id)
            else leads._source_id
        end as survivor_source_id,
    from leads
    left join newest on leads.email = newest.email
    left join contact_emails on leads.email = contact_emails.email
    left join int_addresses__opted_out as opted_out
        on leads.email = opted_out.email
)

select * from final
