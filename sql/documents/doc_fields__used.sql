-- What stands in each custom field that the load writes, also in rows that
-- still wait for a person. The longest value is in characters.
-- title: What will stand in them
-- order: 40
-- empty: No custom field is written.
-- key: object, field

with sent as (
    select 'companies' as object, _source_id, _body
    from load_companies
    where _skip_reason is null
    union all
    select 'contacts', _source_id, _body
    from load_contacts
    where _skip_reason is null
    union all
    select 'leads', _source_id, _body
    from load_leads
    where _skip_reason is null
    union all
    select 'deals', _source_id, _body
    from load_deals
    where _skip_reason is null
    union all
    select 'calls', _source_id, _body
    from load_calls
    where _skip_reason is null
    union all
    select 'emails', _source_id, _body
    from load_emails
    where _skip_reason is null
),

named as (
    select
        object, _body,
        unnest(json_keys(_body, '$.custom_field')) as field,
    from sent
),

cells as (
    select
        object, field,
        _body ->> ('$.custom_field."' || field || '"') as value,
        json_type(_body, '$.custom_field."' || field || '"') as json_type,
    from named
)

select
    object,
    field,
    count(*) as rows_count,
    max(length(value)) as longest_count,
    case
        when bool_and(json_type = 'BOOLEAN') then 'checkbox'
        when bool_and(
            regexp_full_match(value, '[0-9]{4}-[0-9]{2}-[0-9]{2}.*')
        ) then 'date'
        when bool_and(json_type in ('BIGINT', 'UBIGINT', 'DOUBLE'))
            then 'number'
        when max(length(value)) > 256 then 'textarea'
        else 'text'
    end as looks_like,
from cells
where value is not null
group by object, field
order by object, field
