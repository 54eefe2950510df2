-- Templates with conditional logic or fallbacks, which the destination does
-- not know: somebody must rewrite them.
-- blocks: no

select _source_id as source_id, is_conditional, has_fallbacks,
from load_email_templates
where (is_conditional or has_fallbacks) and _skip_reason is null
order by source_id
