-- People who opted out at the source, or of whom nobody can read whether they
-- did, about to be sent as if they had not. It looks past the other scripts at
-- what the export says, of the record and of all with its address. It is the
-- program's own: a workspace cannot change it, and no approval lifts it.
-- blocks: yes
-- fix: correct the script of people that was changed below sql/

with said as (
    select
        'contact' as object, id as record_id, parse_email(email) as email,
        is_opted_out(email_opt_out, email_opt_out_at, email_opt_in)
            as is_opted_out,
    from raw_smartdesk__contact
    union all
    select
        'lead', id, parse_email(email),
        is_opted_out(email_opt_out, null, email_opt_in),
    from raw_smartdesk__lead
),

opted_out as (
    select * from said where is_opted_out
),

sent as (
    select 'contact' as object, _source_id, email, _body,
    from load_contacts
    where _skip_reason is null and _queue_reason is null
    union all
    select 'lead', _source_id, email, _body,
    from load_leads
    where _skip_reason is null and _queue_reason is null
),

subscribed as (
    select * from sent
    where coalesce(
            _body ->> '$.cf_email_opt_out',
            _body ->> '$.custom_field.cf_email_opt_out',
            'false'
        ) <> 'true'
        or coalesce(_body ->> '$.subscription_status', '') <> ''
)

select subscribed.object, subscribed._source_id as source_id,
from subscribed
where (subscribed.object, split_part(subscribed._source_id, '#', 1))
    in (select (object, record_id) from opted_out)
    or subscribed.email
    in (select email from opted_out where email is not null)
order by all
