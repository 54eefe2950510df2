-- Tags of the source, one row a source row.
-- key: _source_id

select
    row_source_id(tags.id, tags._occurrence) as _source_id,
    duplicate_kind(tags._occurrence, tags._is_copy) as _duplicate,
    tags.id as tag_id,
    clean_name(tags.name) as name,
    coalesce(parse_boolean(tags.is_deleted), false) as is_deleted,
from raw_smartdesk__tag as tags
