-- Activities with their text: what the destination has no field for stands
-- below it, line by line, and the source id closes it.
-- key: _source_id

with participants as (
    select
        activity_id,
        string_agg(
            concat(name, ' (' || role || ')'), ', ' order by name
        ) as names,
    from stg_smartdesk__activity_participants
    where _duplicate is null and name is not null
    group by activity_id
),

authors as (
    select user_id, any_value(coalesce(full_name, email)) as name,
    from int_owners__matched
    group by user_id
),

timed as (
    select
        *,
        zone_from_utc(started_at, source_time_zone()) as started_there,
        case
            when is_all_day then strftime(started_there, '%Y-%m-%d')
            else strftime(started_there, '%Y-%m-%d %H:%M')
        end as wall_time,
    from int_activities__typed
),

facts as (
    select
        activities._source_id,
        concat_ws(
            chr(10),
            'When: ' || activities.wall_time || ' ' || source_time_zone(),
            'Author: ' || coalesce(authors.name, activities.author_email),
            'Direction: ' || activities.direction,
            'Outcome: ' || activities.outcome,
            'Status: ' || activities.status,
            'From: ' || activities.email_from,
            'To: ' || activities.email_to,
            'Cc: ' || activities.email_cc,
            'Phone: ' || activities.phone_number,
            'Recording: ' || activities.recording_url,
            'Attendees: ' || participants.names
        ) as facts,
    from timed as activities
    left join participants
        on activities.activity_id = participants.activity_id
    left join authors on activities.author_id = authors.user_id
)

select
    activities.*,
    coalesce(
        activities.subject, upper(left(activities.type, 1))
        || substr(activities.type, 2), 'Activity'
    ) as title,
    case
        when activities.body_format = 'html'
            then sanitise_html(activities.body)
        else text_as_html(activities.body)
    end as body_html,
    case
        when activities.body_format = 'html'
            then sanitise_html(activities.body)
        else activities.body
    end as safe_body,
    facts.facts || chr(10) || source_marker(activities._source_id) as footer,
from int_activities__typed as activities
inner join facts on activities._source_id = facts._source_id
