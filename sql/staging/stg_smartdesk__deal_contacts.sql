-- Which contacts belong to which deals.
-- key: _source_id

select
    row_source_id(links.id, links._occurrence) as _source_id,
    duplicate_kind(links._occurrence, links._is_copy) as _duplicate,
    links.deal_id,
    links.contact_id,
    clean_text(links.role) as role,
    coalesce(parse_boolean(links.is_primary), false) as is_primary,
    coalesce(parse_boolean(links.is_deleted), false) as is_deleted,
from raw_smartdesk__deal_contact as links
