-- Stages of the source's pipelines.
-- key: _source_id

select
    row_source_id(stages.id, stages._occurrence) as _source_id,
    duplicate_kind(stages._occurrence, stages._is_copy) as _duplicate,
    stages.id as stage_id,
    stages.pipeline_id,
    clean_name(stages.name) as name,
    parse_integer(stages.sort_order) as sort_order,
    parse_share(
        stages.probability, columns.read_as['stage.probability']
    ) as probability,
    lower(clean_text(stages.kind)) as kind,
    coalesce(parse_boolean(stages.is_archived), false) as is_archived,
from raw_smartdesk__stage as stages
cross join col_smartdesk__read_as as columns
