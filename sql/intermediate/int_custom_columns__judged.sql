-- How custom columns of dates, numbers and lists are read: as their cells show,
-- or as a person said. As col_smartdesk__columns for those of the layout.
-- key: scope, topic

with cells as (
    select object, source_column, destination_field, type, source_value,
    from int_records__unpivoted
),

votes as (
    select object, date_votes(source_column, source_value) as votes,
    from cells
    where type in ('date', 'date_time')
    group by object, source_column
    union all
    select object, amount_votes(source_column, source_value),
    from cells
    where type = 'number'
    group by object, source_column
    union all
    select object, share_votes(source_column, source_value),
    from cells
    where type = 'share'
    group by object, source_column
    union all
    select
        cells.object,
        list_votes(cells.source_column, cells.source_value, columns.options),
    from cells
    inner join int_custom_columns__listed as columns
        on cells.object = columns.object
        and cells.source_column = columns.source_column
    group by cells.object, cells.source_column, columns.options
),

answered as (
    select
        votes.object || '.' || votes.votes.column_name as scope,
        votes.votes,
        answers.choice as answer,
    from votes
    left join map_decisions as answers
        on lower(votes.object || '.' || votes.votes.column_name)
        = lower(answers.scope)
        and votes.votes.topic = answers.topic
    where votes.votes.open + list_sum(
        list_transform(votes.votes.votes, lambda vote: vote.cells)
    ) > 0
)

select unnest(judged(scope, votes, answer))
from answered
order by all
