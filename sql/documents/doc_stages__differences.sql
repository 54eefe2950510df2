-- Stages that have a counterpart of another type or probability. A deal keeps
-- its own probability where it has one; forecasts there go by the stage.
-- title: Type and probability that differ
-- order: 30
-- empty: Types and probabilities agree.

select
    pipeline, stage, becomes_stage,
    type, type_there,
    probability_share, probability_there_share,
    deals_count,
from doc_stages__matches
where becomes_stage is not null and (
    type <> type_there
    or probability_share is distinct from probability_there_share
)
order by deals_count desc, pipeline, stage
