-- Calls, e-mails, meetings and notes of the source, one row a source row.
-- key: _source_id

select
    row_source_id(activities.id, activities._occurrence) as _source_id,
    duplicate_kind(activities._occurrence, activities._is_copy) as _duplicate,
    activities.id as activity_id,
    coalesce(
        lower(clean_text(activities.type)), activity_type_of(activities._file)
    ) as type,
    clean_name(activities.subject) as subject,
    -- Blanks at the ends of a text are the text's own.
    regexp_replace(activities.body, '^[''\t]([=+@-])', '\1') as body,
    lower(clean_text(activities.body_format)) as body_format,
    lower(clean_text(activities.direction)) as direction,
    clean_value(activities.outcome) as outcome,
    clean_value(activities.status) as status,
    parse_instant(
        activities.started_at,
        columns.read_as['activity.started_at'],
        source_time_zone()
    ) as started_at,
    not coalesce(has_time(activities.started_at), true) as is_all_day,
    parse_instant(
        activities.ended_at,
        columns.read_as['activity.ended_at'],
        source_time_zone()
    ) as ended_at,
    parse_seconds(activities.duration_seconds) as duration_seconds,
    clean_value(activities.location) as location,
    parse_phone(activities.phone_number) as phone_number,
    clean_text(activities.recording_url) as recording_url,
    clean_text(activities.email_from) as email_from,
    clean_text(activities.email_to) as email_to,
    clean_text(activities.email_cc) as email_cc,
    clean_text(activities.email_message_id) as email_message_id,
    activities.author_id,
    parse_email(activities.author_email) as author_email,
    lower(clean_text(activities.parent_type)) as parent_type,
    reference_id(activities.parent_id) as parent_id,
    reference_id(activities.contact_id) as contact_id,
    clean_text(activities.contact_name) as contact_name,
    reference_id(activities.company_id) as company_id,
    clean_name(activities.company_name) as company_name,
    coalesce(
        owner_key(
            activities.owner_id, activities.owner_email, activities.owner_name
        ),
        owner_key(activities.author_id, activities.author_email, null)
    ) as owner_key,
    coalesce(activities.owner_id, activities.author_id) as owner_id,
    parse_email(
        coalesce(activities.owner_email, activities.author_email)
    ) as owner_email,
    clean_name(activities.owner_name) as owner_name,
    coalesce(parse_boolean(activities.is_deleted), false) as is_deleted,
    parse_instant(
        activities.created_at,
        columns.read_as['activity.created_at'],
        source_time_zone()
    ) as created_at,
from raw_smartdesk__activity as activities
cross join col_smartdesk__read_as as columns
