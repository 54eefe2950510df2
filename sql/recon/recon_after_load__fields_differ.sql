-- Fields that the destination shows otherwise than they were sent. Values are
-- compared as numbers, days, instants and sets, and are not listed here.
-- blocks: yes

-- A part at a time; said of both sides, so that both are held in part only.
with accepted as (
    select
        wanted._source_id,
        wanted._body,
        outcomes.destination_id,
    from load_@object as wanted
    inner join ledger_outcomes as outcomes
        on wanted._source_id = outcomes.source_id
        and outcomes.object = '@object'
        and outcomes.state = 'accepted'
        and outcomes.body_hash = wanted._body_hash
    where in_part(wanted._source_id) and in_part(outcomes.source_id)
),

sent as (
    select
        accepted._source_id,
        accepted._body,
        stored.record,
        unnest(sent_fields(accepted._body), recursive := true),
    from accepted
    inner join raw_freshsales__@object as stored
        on accepted.destination_id = try_cast(stored.id as bigint)
),

compared as (
    select
        sent._source_id,
        sent.field,
        sent._body -> json_path(sent.folder, sent.field) as wanted,
        sent.record -> json_path(
            sent.folder, coalesce(aliases.stored_field, sent.field)
        ) as stored,
    from sent
    left join object_aliases as aliases
        on sent.field = aliases.field and aliases.object = '@object'
),

differing as (
    select
        _source_id as source_id,
        field,
        case when stored is null then 'absent' else 'different' end as problem,
    from compared
    where not same_value(wanted, stored)
)

-- Joined last: before, the records would be held for it.
select differing.*
from differing
inner join objects
    on objects.object = '@object'
    and objects.is_read_back
    and objects.write <> 'list_members'
order by all
