-- The same pairs with what their values say: how many fit the type of the
-- field, how many are options there, and how sure that makes it.
-- key: object, source_column, offer

with options as (
    select object, offer, match_key(unnest(choices)) as choice,
    from prop_fields__offered
),

shared as (
    select
        asked.object,
        asked.field as source_column,
        options.offer,
        sum(asked.cells) as cells,
        count(*) as values_there,
    from prop_choices__asked as asked
    inner join options
        on asked.object = options.object
        and match_key(asked.value) = options.choice
    group by asked.object, asked.field, options.offer
),

totals as (
    select object, field as source_column, sum(cells) as cells,
    from prop_choices__asked
    group by object, field
),

described as (
    select
        pairs.*,
        offers.way,
        offers.column_name,
        offers.destination_field,
        offers.label,
        offers.type,
        offers.kind,
        len(offers.choices) as options_offered,
    from prop_fields__compared as pairs
    inner join prop_fields__offered as offers
        on pairs.object = offers.object and pairs.offer = offers.offer
),

fitting as (
    select
        described.*,
        profiles.filled,
        case described.kind
            when 'email' then profiles.emails
            when 'url' then profiles.urls
            when 'phone' then profiles.phones
            when 'number' then profiles.numbers
            when 'date' then profiles.dates
            when 'date_time' then profiles.dates
            when 'checkbox' then profiles.answers
            when 'id' then profiles.distinct_values
            when 'user' then coalesce(owned.cells, 0)
            when 'plain_text' then profiles.filled - 0.5 * greatest(
                profiles.emails, profiles.dates, profiles.urls,
                profiles.phones
            )
            else profiles.filled
        end / nullif(profiles.filled, 0) as fit,
    from described
    left join prop_columns__profiled as profiles
        on described.object = profiles.object
        and described.source_column = profiles.source_column
    left join prop_columns__owned as owned
        on described.object = owned.object
        and described.source_column = owned.source_column
),

measured as (
    select
        fitting.*,
        coalesce(shared.values_there, 0) as options_there,
        case
            when fitting.options_offered > 0 then coalesce(
                shared.cells / nullif(totals.cells, 0), 0
            )
        end as overlap,
    from fitting
    left join shared
        on fitting.object = shared.object
        and fitting.source_column = shared.source_column
        and fitting.offer = shared.offer
    left join totals
        on fitting.object = totals.object
        and fitting.source_column = totals.source_column
),

weighed as (
    select
        *,
        source_column = destination_field as is_namesake,
        field_confidence(
            likeness, coalesce(fit, 0.5), overlap,
            source_column = destination_field
        ) as confidence,
    from measured
)

-- Beside a field that has the very name of the column, others hardly count.
select
    weighed.* exclude (confidence),
    case
        when bool_or(is_namesake) over (partition by object, source_column)
            and not is_namesake then 0.8 * confidence
        else confidence
    end as confidence,
from weighed
