-- All tags of a record, from its own column and from the list of tags.
-- key: record_type, record_id

with links as (
    select * from stg_smartdesk__record_tags
    where _duplicate is null and not is_deleted
),

tags as (
    select * from stg_smartdesk__tags
    where _duplicate is null and not is_deleted
),

gathered as (
    select 'company' as record_type, company_id as record_id,
        unnest(tags) as tag,
    from stg_smartdesk__companies
    union all
    select 'contact', contact_id, unnest(tags),
    from stg_smartdesk__contacts
    union all
    select 'lead', lead_id, unnest(tags),
    from stg_smartdesk__leads
    union all
    select 'deal', deal_id, unnest(tags),
    from stg_smartdesk__deals
    union all
    select links.record_type, links.record_id, tags.name,
    from links
    inner join tags on links.tag_id = tags.tag_id
),

final as (
    select
        record_type,
        record_id,
        list_sort(list_distinct(list(tag))) as tags,
    from gathered
    where tag is not null
    group by record_type, record_id
)

select * from final
