-- Who took part in an activity.
-- key: _source_id

select
    row_source_id(participants.id, participants._occurrence) as _source_id,
    duplicate_kind(
        participants._occurrence, participants._is_copy
    ) as _duplicate,
    participants.activity_id,
    coalesce(
        clean_name(participants.name), parse_email(participants.email)
    ) as name,
    lower(clean_text(participants.role)) as role,
from raw_smartdesk__activity_participant as participants
