-- The contacts that converted leads became, by id, by name or by address.
-- key: _source_id

with contacts as (
    select contact_id, survivor_source_id
    from int_contacts__judged
    where _duplicate is null
)

select
    leads._source_id,
    coalesce(
        contacts.survivor_source_id, named.contact_source_id
    ) as converted_contact_source_id,
from int_leads__judged as leads
left join contacts on leads.converted_contact_id = contacts.contact_id
left join int_contacts__named as named
    on match_key(leads.converted_contact_id) = named.name_key
where leads.is_converted
