-- Who was in which campaign.
-- key: _source_id

select
    row_source_id(members.id, members._occurrence) as _source_id,
    duplicate_kind(members._occurrence, members._is_copy) as _duplicate,
    members.campaign_id,
    lower(clean_text(members.member_type)) as member_type,
    members.member_id,
    clean_value(members.status) as status,
    coalesce(parse_boolean(members.is_deleted), false) as is_deleted,
from raw_smartdesk__campaign_member as members
