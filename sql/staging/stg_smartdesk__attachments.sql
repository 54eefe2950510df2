-- Attachments of the source, one row a row of its index.
-- key: _source_id

select
    row_source_id(attachments.id, attachments._occurrence) as _source_id,
    duplicate_kind(
        attachments._occurrence, attachments._is_copy
    ) as _duplicate,
    attachments.id as attachment_id,
    clean_text(attachments.file_name) as file_name,
    clean_text(attachments.stored_path) as stored_path,
    parse_integer(attachments.size_bytes) as size_bytes,
    lower(clean_text(attachments.sha256)) as sha256,
    case
        when lower(clean_text(attachments.parent_type)) in (
            'call', 'email', 'meeting', 'note'
        ) then 'activity'
        else lower(clean_text(attachments.parent_type))
    end as parent_type,
    clean_text(attachments.parent_id) as parent_id,
    clean_text(attachments.source_url) as source_url,
    coalesce(parse_boolean(attachments.is_deleted), false) as is_deleted,
from raw_smartdesk__attachment as attachments
