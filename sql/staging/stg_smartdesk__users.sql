-- People who worked in the source account.
-- key: _source_id

select
    row_source_id(users.id, users._occurrence) as _source_id,
    duplicate_kind(users._occurrence, users._is_copy) as _duplicate,
    users.id as user_id,
    parse_email(users.email) as email,
    coalesce(
        clean_name(users.full_name),
        clean_text(concat_ws(' ', users.first_name, users.last_name))
    ) as full_name,
    clean_text(users.role) as role,
    parse_boolean(users.is_active) as is_active,
    coalesce(parse_boolean(users.is_deleted), false) as is_deleted,
from raw_smartdesk__user as users
