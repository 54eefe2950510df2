-- Which records carry which tags.
-- key: _source_id

select
    row_source_id(links.id, links._occurrence) as _source_id,
    duplicate_kind(links._occurrence, links._is_copy) as _duplicate,
    links.tag_id,
    lower(clean_text(links.object)) as record_type,
    links.record_id,
    coalesce(parse_boolean(links.is_deleted), false) as is_deleted,
from raw_smartdesk__record_tag as links
