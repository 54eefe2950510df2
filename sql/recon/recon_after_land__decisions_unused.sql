-- Decisions that decide nothing: a file, column, owner, stage or option that
-- is not there.
-- blocks: no

select 'map_decisions' as map, decisions.scope || ' ' || decisions.topic
    as decision,
from map_decisions as decisions
anti join int_choices__judged as choices
    on decisions.topic = choices.topic
    and lower(decisions.scope) in (
        lower(choices.scope), lower(parse_filename(choices.scope))
    )
union all
select 'map_owners', coalesce(
    decisions.source_id, decisions.source_email, decisions.source_name
),
from map_owners as decisions
anti join int_owners__listed as owners
    on coalesce(
        owners.user_id = clean_text(decisions.source_id),
        owners.email = parse_email(decisions.source_email),
        match_key(owners.full_name) = match_key(decisions.source_name)
    )
where decisions.source_id is distinct from '(none)'
union all
select 'map_stages', decisions.source_stage,
from map_stages as decisions
anti join int_stages__listed as stages
    on match_key(decisions.source_stage) = match_key(stages.name)
union all
select 'map_fields', fields.object || '.' || fields.source_column,
from map_fields as fields
anti join int_records__unpivoted as cells
    on lower(clean_text(fields.object)) = cells.object
    and clean_text(fields.source_column) = cells.source_column
order by all
