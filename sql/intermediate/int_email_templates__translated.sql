-- Templates with merge fields in the destination's words. A fallback after
-- `|` and `{% if %}` blocks have no counterpart there and are flagged.
-- key: _source_id

with templates as (
    select
        *,
        coalesce(
            body_html, '<p>' || text_as_html(body_text) || '</p>'
        ) as body,
    from stg_smartdesk__email_templates
)

select
    *,
    has_conditional_logic
        or regexp_matches(concat(subject, body), '\{%') as is_conditional,
    regexp_matches(concat(subject, body), '\{\{[^}]*\|') as has_fallbacks,
    translate_merge_fields(subject) as translated_subject,
    translate_merge_fields(sanitise_html(body)) as translated_body,
    _source_id || '-' || regexp_replace(
        coalesce(match_key(strip_accents(name)), 'template'),
        '[^a-z0-9]+', '-', 'g'
    ) || '.html' as file_name,
from templates
