-- Addresses to which mail is forbidden: whoever has one said no once, as a
-- contact or as a lead, in a record that counts or in a copy, a deleted or a
-- converted one.
-- key: email

with people as (
    select email, opted_out_at
    from stg_smartdesk__contacts
    where is_opted_out
    union all
    select email, null
    from stg_smartdesk__leads
    where is_opted_out
)

select email, min(opted_out_at) as opted_out_at,
from people
where email is not null
group by email
