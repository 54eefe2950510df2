-- How dates, amounts and lists of each column are read: as its cells show, or
-- as a person said. Columns in which nothing depends on it are left out.
-- key: scope, topic

with counted as (
    select
        object || '.' || column_name as scope,
        columns(* exclude (object)),
    from col_smartdesk__votes
    where open + list_sum(
        list_transform(votes, lambda vote: vote.cells)
    ) > 0
),

answered as (
    select
        counted.scope,
        counted as votes,
        answers.choice as answer,
    from counted
    left join map_decisions as answers
        on counted.scope = lower(answers.scope)
        and counted.topic = answers.topic
)

select unnest(judged(scope, votes, answer))
from answered
order by all
