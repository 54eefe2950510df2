-- Links in {field} of {object} that were accepted, and that no stored record
-- shows: one row each. Both sides are cut down to ids before they are joined.
create or replace temp table links_open as
with wanted as (
    select
        _source_id,
        _body_hash,
        unnest(json_extract_string(_body, '$.{field}[*].id')) as parent,
    from main.load_{object}
),

accepted as (
    select outcomes.destination_id as id, wanted.parent
    from wanted
    inner join ledger_outcomes as outcomes
        on wanted._source_id = outcomes.source_id
        and outcomes.object = '{object}'
        and outcomes.state = 'accepted'
        and outcomes.body_hash = wanted._body_hash
),

shown as (
    select
        try_cast(id as bigint) as id,
        unnest(json_extract_string(record, '$.{field}[*].id')) as parent,
    from raw_freshsales__{object}
)

select accepted.id, try_cast(accepted.parent as bigint) as parent
from accepted
anti join shown
    on accepted.id = shown.id and accepted.parent = shown.parent;
