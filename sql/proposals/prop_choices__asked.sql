-- The choices of the source: every value of the columns that hold few
-- different ones, lists taken apart.
-- key: object, field, value

with columns as (
    select
        listed.object,
        listed.source_column,
        coalesce(
            kind_of_type(listed.declared_type) = 'list',
            profiles.lists >= 0.2 * profiles.filled
        ) as is_list,
    from prop_columns__listed as listed
    inner join prop_columns__profiled as profiles
        on listed.object = profiles.object
        and listed.source_column = profiles.source_column
    where profiles.distinct_values <= 500 and profiles.longest <= 200
),

parts as (
    select
        counted.object,
        counted.source_column as field,
        unnest(case
            when columns.is_list then multi_values(
                counted.value,
                coalesce(separator_shown(counted.value), 'semicolon'),
                []
            )
            else [clean_value(counted.value)]
        end) as value,
        counted.cells,
    from prop_values__counted as counted
    inner join columns
        on counted.object = columns.object
        and counted.source_column = columns.source_column
),

typed as (
    select 'activity' as object, 'type' as field, type as value, 1 as cells,
    from stg_smartdesk__activities
    where _duplicate is null and type is not null
),

currencies as (
    select
        'deal' as object,
        'value_currency' as field,
        value_currency as value,
        1 as cells,
    from stg_smartdesk__deals
    where _duplicate is null and value_amount is not null
        and value_currency is not null
),

final as (
    select * from parts
    where not (object = 'deal' and field = 'value_currency')
    union all
    select * from typed
    union all
    select * from currencies
)

select object, field, value, sum(cells)::bigint as cells,
from final
where value is not null
group by object, field, value
