-- Sales pipelines of the source account.
-- key: _source_id

select
    row_source_id(pipelines.id, pipelines._occurrence) as _source_id,
    duplicate_kind(pipelines._occurrence, pipelines._is_copy) as _duplicate,
    pipelines.id as pipeline_id,
    clean_name(pipelines.name) as name,
    coalesce(parse_boolean(pipelines.is_default), false) as is_default,
    coalesce(parse_boolean(pipelines.is_archived), false) as is_archived,
    parse_currency(pipelines.currency) as currency,
    parse_integer(pipelines.sort_order) as sort_order,
from raw_smartdesk__pipeline as pipelines
