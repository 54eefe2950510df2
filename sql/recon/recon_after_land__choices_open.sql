-- Files whose way of writing is not certain, or was decided since otherwise
-- than they were read. `deskferry map set` answers; what was read otherwise
-- has to be landed again. An answer for a path stands above one for a name.
-- blocks: decide

with answers as (
    select lower(scope) as scope, topic, choice,
    from map_decisions
),

answered as (
    select
        choices.*,
        coalesce(of_path.choice, of_name.choice) as decided,
    from landed_choices as choices
    left join answers as of_path
        on choices.topic = of_path.topic
        and lower(choices.scope) = of_path.scope
    left join answers as of_name
        on choices.topic = of_name.topic
        and lower(parse_filename(choices.scope)) = of_name.scope
)

select
    scope,
    topic,
    choice as read_as,
    decided,
    array_to_string(others, ', ') as others,
    evidence_for,
    evidence_against,
    evidence,
from answered
where case
    when decided is null then decided_by <> 'rule'
    else decided <> choice
end
order by scope, topic
