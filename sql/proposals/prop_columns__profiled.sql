-- What the cells of each column of the export look like: how many hold
-- something, how many different ones, how many look like each kind, and which
-- kind that makes it.
-- key: object, source_column

with counted as (
    select
        object,
        source_column,
        sum(cells)::bigint as filled,
        count(*) as distinct_values,
        max(length(value)) as longest,
        sum(cells * looks_like_email(value)::bigint)::bigint as emails,
        sum(cells * looks_like_url(value)::bigint)::bigint as urls,
        sum(cells * looks_like_phone(value)::bigint)::bigint as phones,
        sum(cells * looks_like_number(value)::bigint)::bigint as numbers,
        sum(cells * looks_like_date(value)::bigint)::bigint as dates,
        sum(cells * looks_like_instant(value)::bigint)::bigint as instants,
        sum(cells * (parse_boolean(value) is not null)::bigint)::bigint
            as answers,
        sum(cells * (separator_shown(value) is not null)::bigint)::bigint
            as lists,
    from prop_values__counted
    group by object, source_column
)

select
    *,
    case
        when answers = filled and distinct_values <= 3 then 'checkbox'
        when instants >= 0.9 * filled then 'date_time'
        when dates >= 0.95 * filled then 'date'
        when emails >= 0.9 * filled then 'email'
        when phones >= 0.9 * filled then 'phone'
        when numbers >= 0.95 * filled then 'number'
        when urls >= 0.9 * filled then 'url'
        when longest > 256 then 'long'
        when lists >= 0.2 * filled and distinct_values <= 500
            and filled >= 3 * distinct_values then 'list'
        when distinct_values <= 30 and filled >= 3 * distinct_values
            then 'choice'
        else 'text'
    end as found_kind,
from counted
