-- All people of a deal, one row each: the first contact, those that stand in
-- its cell too, and the others.
-- key: deal_source_id, contact_source_id

with contacts as (
    select contact_id, survivor_source_id
    from int_contacts__linked
    where _duplicate is null
),

links as (
    select * from stg_smartdesk__deal_contacts
    where _duplicate is null and not is_deleted
),

others as (
    select
        _source_id as deal_source_id,
        unnest(other_contact_ids) as contact_id,
    from int_deals__linked_to_people
),

gathered as (
    select
        deals._source_id as deal_source_id,
        deals.contact_source_id,
    from int_deals__linked_to_people as deals
    where deals.contact_source_id is not null
    union
    select
        others.deal_source_id,
        contacts.survivor_source_id,
    from others
    inner join contacts on others.contact_id = contacts.contact_id
    union
    select
        links.deal_id,
        contacts.survivor_source_id,
    from links
    inner join contacts on links.contact_id = contacts.contact_id
)

select * from gathered
