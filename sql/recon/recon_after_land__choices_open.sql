-- Files whose way of writing is not certain, or was decided since otherwise
-- than they were read. `deskferry map set` answers; what was read otherwise
-- has to be landed again.
-- blocks: decide

with answers as (
    select lower(scope) as scope, topic, choice,
    from map_decisions
)

select
    choices.scope,
    choices.topic,
    choices.choice as read_as,
    answers.choice as decided,
    array_to_string(choices.others, ', ') as others,
    choices.evidence_for,
    choices.evidence_against,
    choices.evidence,
from landed_choices as choices
left join answers
    on choices.topic = answers.topic
    and answers.scope in (
        lower(choices.scope), lower(parse_filename(choices.scope))
    )
where case
    when answers.choice is null then choices.decided_by <> 'rule'
    else answers.choice <> choices.choice
end
order by choices.scope, choices.topic
