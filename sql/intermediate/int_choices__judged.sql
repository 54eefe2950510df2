-- Everything that was decided about how files and columns are read: what was
-- found, what a person said since, and whether that leaves it open. An answer
-- for a path stands above one for the name of a file.
-- key: scope, topic

with answers as (
    select lower(scope) as scope, topic, choice,
    from map_decisions
),

files as (
    select
        choices.*,
        true as is_landed,
        coalesce(of_path.choice, of_name.choice) as answer,
    from landed_choices as choices
    left join answers as of_path
        on choices.topic = of_path.topic
        and lower(choices.scope) = of_path.scope
    left join answers as of_name
        on choices.topic = of_name.topic
        and lower(parse_filename(choices.scope)) = of_name.scope
),

columns as (
    select * from col_smartdesk__columns
    union all
    select * from int_custom_columns__judged
),

final as (
    select
        *,
        case
            when answer is null then decided_by <> 'rule'
            else answer <> choice
        end as is_open,
    from files
    union all by name
    select
        columns.* exclude (read_as),
        false as is_landed,
        answers.choice as answer,
        columns.decided_by = 'pending' as is_open,
    from columns
    left join answers
        on lower(columns.scope) = answers.scope
        and columns.topic = answers.topic
)

select * from final
