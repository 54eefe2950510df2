-- Activities of somebody who is not among the export's users, by id or, without
-- one, by address; or of nobody where others have an author.
-- blocks: no

with activities as (
    select
        activities._source_id as source_id,
        case
            when activities.author_id is not null
                then users.user_id is not null
            else others.email is not null
        end as is_known,
        activities.author_id is not null or activities.author_email is not null
            as has_author,
    from stg_smartdesk__activities as activities
    left join stg_smartdesk__users as users
        on activities.author_id = users.user_id
        and users._duplicate is null
    left join (
        select distinct email from stg_smartdesk__users where email is not null
    ) as others on activities.author_email = others.email
    where activities._duplicate is null
),

counted as (
    select count_if(has_author) as authors from activities
)

select
    source_id,
    case when has_author then 'unknown' else 'missing' end as author,
from activities
cross join counted
where not is_known and counted.authors > 0
order by all
