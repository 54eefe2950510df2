-- E-mail templates as files of a bundle, for somebody to paste. Those with
-- conditional logic or fallbacks are marked: they need a human eye.
-- key: _source_id
-- require: file_name, subject, body
-- unique: file_name
-- skip: duplicate_id, deleted_at_source
-- queue: conflicting_id, missing_body

with templates as (
    select
        *,
        row_skip_reason(_duplicate, is_deleted) as skip_reason,
    from int_email_templates__translated
)

select
    _source_id,
    file_name,
    name,
    folder,
    coalesce(translated_subject, name, '') as subject,
    translated_body as body,
    is_conditional,
    has_fallbacks,
    skip_reason as _skip_reason,
    unless_skipped(coalesce(
        row_queue_reason(_duplicate),
        case when body is null then 'missing_body' end
    ), skip_reason) as _queue_reason,
from templates
