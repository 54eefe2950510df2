-- E-mail templates of the source, one row a source row.
-- key: _source_id

select
    row_source_id(templates.id, templates._occurrence) as _source_id,
    duplicate_kind(templates._occurrence, templates._is_copy) as _duplicate,
    templates.id as template_id,
    clean_name(templates.name) as name,
    clean_name(templates.subject) as subject,
    templates.body_html,
    templates.body_text,
    clean_text(templates.folder) as folder,
    coalesce(
        parse_boolean(templates.has_conditional_logic), false
    ) as has_conditional_logic,
    coalesce(parse_boolean(templates.is_deleted), false) as is_deleted,
from raw_smartdesk__email_template as templates
