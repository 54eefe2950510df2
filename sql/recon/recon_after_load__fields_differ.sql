-- Fields that the destination shows otherwise than they were sent. Values are
-- compared as numbers, days, instants and sets, and are not listed here.
-- blocks: yes

with accepted as (
    select
        wanted._source_id,
        wanted._body,
        stored.record::json as record,
    from load_@object as wanted
    inner join ledger_outcomes as outcomes
        on wanted._source_id = outcomes.source_id
        and outcomes.object = '@object'
        and outcomes.state = 'accepted'
        and outcomes.body_hash = wanted._body_hash
    inner join raw_freshsales__@object as stored
        on outcomes.destination_id = try_cast(stored.id as bigint)
    inner join objects
        on objects.object = '@object'
        and objects.is_read_back
        and objects.write <> 'list_members'
),

standard_fields as (
    select accepted._source_id, sent.key as field, sent.value as wanted,
        accepted.record,
    from accepted, json_each(accepted._body) as sent
    where json_type(sent.value) is distinct from 'OBJECT'
),

inner_fields as (
    select accepted._source_id, inside.key as field, inside.value as wanted,
        accepted.record -> ('$."' || sent.key || '"') as record,
    from accepted, json_each(accepted._body) as sent,
        json_each(sent.value) as inside
    where json_type(sent.value) = 'OBJECT'
),

compared as (
    select
        fields._source_id,
        fields.field,
        fields.wanted,
        fields.record -> (
            '$."' || coalesce(aliases.stored_field, fields.field) || '"'
        ) as stored,
    from (
        select * from standard_fields union all select * from inner_fields
    ) as fields
    left join object_aliases as aliases
        on fields.field = aliases.field and aliases.object = '@object'
)

select
    _source_id as source_id,
    field,
    case when stored is null then 'absent' else 'different' end as problem,
from compared
where not same_value(wanted, stored)
order by all
