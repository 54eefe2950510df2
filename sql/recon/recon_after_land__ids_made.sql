-- Objects whose rows have no id, so that one was made of what they say. A later
-- export of a row that changed will not match.
-- blocks: no

with made as (
    select 'company' as object, count_if(starts_with(id, 'row_')) as records,
    from raw_smartdesk__company
    union all
    select 'contact', count_if(starts_with(id, 'row_')),
    from raw_smartdesk__contact
    union all
    select 'lead', count_if(starts_with(id, 'row_')),
    from raw_smartdesk__lead
    union all
    select 'deal', count_if(starts_with(id, 'row_')),
    from raw_smartdesk__deal
    union all
    select 'task', count_if(starts_with(id, 'row_')),
    from raw_smartdesk__task
    union all
    select 'activity', count_if(starts_with(id, 'row_')),
    from raw_smartdesk__activity
),

made_too as (
    select 'campaign' as object, count_if(starts_with(id, 'row_')) as records,
    from raw_smartdesk__campaign
    union all
    select 'email_template', count_if(starts_with(id, 'row_')),
    from raw_smartdesk__email_template
    union all
    select 'attachment', count_if(starts_with(id, 'row_')),
    from raw_smartdesk__attachment
    union all
    select 'ticket', count_if(starts_with(id, 'row_')),
    from raw_smartdesk__ticket
    union all
    select 'ticket_message', count_if(starts_with(id, 'row_')),
    from raw_smartdesk__ticket_message
    union all
    select 'kb_article', count_if(starts_with(id, 'row_')),
    from raw_smartdesk__kb_article
),

final as (
    select * from made
    union all
    select * from made_too
)

select object, records
from final
where records > 0
order by object
