-- Records with characters that say that something went wrong before the export:
-- letters decoded wrongly, lost, or not shown. They are loaded as they are;
-- what was meant, only their owner knows.
-- blocks: no

with people as (
    select
        'company' as object,
        id as source_id,
        concat_ws(chr(10), *columns(* exclude (_file))) as cells,
    from raw_smartdesk__company
    union all
    select
        'contact',
        id,
        concat_ws(chr(10), *columns(* exclude (_file))),
    from raw_smartdesk__contact
    union all
    select
        'lead',
        id,
        concat_ws(chr(10), *columns(* exclude (_file))),
    from raw_smartdesk__lead
    union all
    select
        'user',
        id,
        concat_ws(chr(10), *columns(* exclude (_file))),
    from raw_smartdesk__user
),

business as (
    select
        'deal' as object,
        id as source_id,
        concat_ws(chr(10), *columns(* exclude (_file))) as cells,
    from raw_smartdesk__deal
    union all
    select
        'campaign',
        id,
        concat_ws(chr(10), *columns(* exclude (_file))),
    from raw_smartdesk__campaign
    union all
    select
        'email_template',
        id,
        concat_ws(chr(10), *columns(* exclude (_file))),
    from raw_smartdesk__email_template
    union all
    select
        'tag',
        id,
        concat_ws(chr(10), *columns(* exclude (_file))),
    from raw_smartdesk__tag
),

work as (
    select
        'task' as object,
        id as source_id,
        concat_ws(chr(10), *columns(* exclude (_file))) as cells,
    from raw_smartdesk__task
    union all
    select
        'activity',
        id,
        concat_ws(chr(10), *columns(* exclude (_file))),
    from raw_smartdesk__activity
    union all
    select
        'activity_participant',
        id,
        concat_ws(chr(10), *columns(* exclude (_file))),
    from raw_smartdesk__activity_participant
    union all
    select
        'attachment',
        id,
        concat_ws(chr(10), *columns(* exclude (_file))),
    from raw_smartdesk__attachment
),

desk as (
    select
        'ticket' as object,
        id as source_id,
        concat_ws(chr(10), *columns(* exclude (_file))) as cells,
    from raw_smartdesk__ticket
    union all
    select
        'ticket_message',
        id,
        concat_ws(chr(10), *columns(* exclude (_file))),
    from raw_smartdesk__ticket_message
    union all
    select
        'kb_article',
        id,
        concat_ws(chr(10), *columns(* exclude (_file))),
    from raw_smartdesk__kb_article
),

records as (
    select * from people
    union all
    select * from business
    union all
    select * from work
    union all
    select * from desk
)

select object, source_id, oddity_of(cells) as oddity,
from records
where oddity_of(cells) is not null
order by all
