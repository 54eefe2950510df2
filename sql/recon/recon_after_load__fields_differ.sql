-- Fields that the destination shows otherwise than they were sent. Values are
-- compared as numbers, days, instants and sets, and are not listed here.
-- blocks: yes
-- fix: mend the fields at the destination, or the rule of the account that
-- fix: changed them, then `deskferry verify`

with aliases as (
    select map(list(field), list(stored_field)) as stored_names
    from object_aliases
    where object = '@object'
),

records as materialized (
    select
        _source_id,
        fields_of(_body) as sent_fields,
        fields_of(record) as stored_fields,
    from sent_and_stored('@object')
),

-- Fields that hold fields: those of the account's own, a lead's company.
folders as (
    select
        _source_id,
        unnest(list_filter(
            map_entries(sent_fields),
            lambda sent: json_type(sent.value) = 'OBJECT'
        ), recursive := true),
        stored_fields,
    from records
),

-- What stands deeper than in a folder is compared as a whole.
levels as (
    select *, false as is_inside from records
    union all
    select
        _source_id,
        fields_of(value),
        fields_of(stored_fields[key]),
        true,
    from folders
),

fields as (
    select
        levels._source_id,
        unnest(list_transform(
            map_entries(levels.sent_fields),
            lambda sent: {
                'field': sent.key,
                'wanted': sent.value,
                'stored_name': coalesce(
                    aliases.stored_names[sent.key], sent.key
                ),
            }
        ), recursive := true),
        levels.stored_fields,
        levels.is_inside,
    from levels
    cross join aliases
),

compared as (
    select
        _source_id as source_id,
        field,
        wanted,
        stored_fields[stored_name] as stored,
        map_contains(stored_fields, stored_name) as is_shown,
    from fields
    where is_inside or json_type(wanted) <> 'OBJECT'
)

select
    source_id,
    field,
    case when is_shown then 'different' else 'absent' end as problem,
from compared
where not same_value(wanted, stored)
order by all
