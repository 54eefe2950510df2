-- What each column would lose in the field that it becomes: rows by mark.
-- key: object, source_column

with pairs as (
    select
        object,
        source_column,
        destination_field,
        destination_type,
        source_kind,
        case
            when destination_type is not null
                then coalesce(kind_of_field(destination_type), 'text')
        end as kind,
        field_limit(destination_field, destination_type) as longest_there,
        carried_to is null and declared_type in (
            'lookup', 'user', 'team', 'file', 'image', 'address', 'geo'
        ) as is_link,
    from prop_fields__destined
    where destination_field is not null and destination_field <> '-'
        and not is_to_create
),

offered as (
    select object, source_column, unnest(choices) as choice,
    from prop_fields__destined
    where len(choices) > 0
    union
    select object, field, choice from prop_choices__offered
),

choosers as (
    select distinct object, source_column from offered
),

meant as (
    select
        lower(clean_text(object)) as object,
        clean_text(field) as field,
        match_key(source_value) as value,
    from map_options
),

-- Values that are no option there, nor decided to be one.
homeless as (
    select asked.object, asked.field as source_column, asked.value
    from prop_choices__asked as asked
    anti join offered
        on asked.object = offered.object
        and asked.field = offered.source_column
        and match_key(asked.value) = match_key(offered.choice)
    anti join meant
        on asked.object = meant.object
        and asked.field = meant.field
        and match_key(asked.value) = meant.value
),

lists as (
    select
        object,
        source_column,
        list(value) as values,
    from homeless
    group by object, source_column
),

marked as (
    select
        pairs.object,
        pairs.source_column,
        counted.cells,
        coalesce(length(counted.value) > pairs.longest_there, false)
            as is_long,
        loses_precision(counted.value, pairs.kind) as is_rough,
        loses_type(counted.value, pairs.kind) or pairs.is_link as is_other,
        choosers.object is not null and coalesce(list_has_any(
            lists.values,
            [clean_value(counted.value)] || coalesce(multi_values(
                counted.value,
                coalesce(separator_shown(counted.value), 'semicolon'), []
            ), [])
        ), false) as is_homeless,
        pairs.kind = 'choice' and pairs.source_kind = 'list'
            and separator_shown(counted.value) is not null as is_several,
    from prop_values__counted as counted
    inner join pairs
        on counted.object = pairs.object
        and counted.source_column = pairs.source_column
    left join choosers
        on counted.object = choosers.object
        and counted.source_column = choosers.source_column
    left join lists
        on counted.object = lists.object
        and counted.source_column = lists.source_column
)

select
    object,
    source_column,
    list_filter([
        case when bool_or(is_long) then 'length' end,
        case when bool_or(is_rough) then 'precision' end,
        case when bool_or(is_homeless) then 'options' end,
        case when bool_or(is_several) then 'multi to single' end,
        case when bool_or(is_other) then 'type' end,
    ], lambda mark: mark is not null) as lossy,
    coalesce(sum(cells) filter (
        where is_long or is_rough or is_homeless or is_several or is_other
    ), 0)::bigint as rows_affected,
from marked
group by object, source_column
