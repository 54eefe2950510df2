-- How many cells of a column name a user, by id, address or name: whoever owns
-- a record is one of them.
-- key: object, source_column

with users as (
    select user_id as key from stg_smartdesk__users
    union
    select email from stg_smartdesk__users
    union
    select match_key(full_name) from stg_smartdesk__users
)

select
    asked.object,
    asked.field as source_column,
    sum(asked.cells)::bigint as cells,
from prop_choices__asked as asked
semi join users
    on coalesce(parse_email(asked.value), match_key(asked.value)) = users.key
group by asked.object, asked.field
