-- What acts by itself there, costs something, or differs by plan. None of it
-- can be read or switched through the API.
-- title: Before the load, in the account
-- order: 30
-- key: what

with active as (
    select count(*) as active_count
    from raw_smartdesk__automation
    where lower(trim(status)) = 'active'
)

select *
from (
    values
    (
        'workflows and assignment rules',
        'they act on imported records too: owners change, mail goes out',
        'switch all off, and on again when deskferry verify has passed'
    ),
    (
        'e-mail sequences',
        'post-migration mail to people who were imported',
        'pause all; enrol nobody by a condition that a new record meets'
    ),
    (
        'notification mails to users',
        'one for each record that is assigned to them',
        'each user switches them off, or an admin for all'
    ),
    (
        'duplicate rules and required fields',
        'records are refused that the source has',
        'loosen for the time of the load'
    ),
    (
        'bot sessions',
        'a package is used up once; imported chats use none',
        'look how many are left before chat goes live'
    ),
    (
        'phone credits',
        'calls are imported as records and cost nothing; new ones do',
        'buy before the first call'
    ),
    (
        'AI features',
        'Freddy: insights with Pro, forecasts with Enterprise',
        'rebuild what the old assistant did, or leave it'
    ),
    (
        'automations of the source',
        'active now: ' || (select active_count from active),
        'stop them before the last export: they go on writing to the old one'
    )
) as switches(what, why, to_do)
