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
        timed.* exclude (started_there, wall_time),
        concat_ws(
            chr(10),
            'When: ' || timed.wall_time || ' ' || source_time_zone(),
            'Author: ' || coalesce(authors.name, timed.author_email),
            'Direction: ' || timed.direction,
            'Outcome: ' || timed.outcome,
            'Status: ' || timed.status,
            'From: ' || timed.email_from,
            'To: ' || timed.email_to,
            'Cc: ' || timed.email_cc,
            'Phone: ' || timed.phone_number,
            'Recording: ' || timed.recording_url,
            'Attendees: ' || participants.names
        ) as facts,
    from timed
    left join participants on timed.activity_id = participants.activity_id
    left join authors on timed.author_id = authors.user_id
)

select
    * exclude (facts),
    coalesce(
        subject, upper(left(type, 1)) || substr(type, 2), 'Activity'
    ) as title,
    case
        when body_format = 'html' then sanitise_html(body)
        else text_as_html(body)
    end as body_html,
    case
        when body_format = 'html' then sanitise_html(body) else body
    end as safe_body,
    facts || chr(10) || source_marker(_source_id) as footer,
from facts
