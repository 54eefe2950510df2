-- Each with what sets it off, what it does, and what takes its place. "Acts on
-- the load": a counterpart that is active while records are loaded would do its
-- work on each of them.
-- title: Every automation
-- order: 10
-- empty: The export tells of no automation.
-- key: source_id

with parts as (
    select
        id,
        coalesce(clean_text(kind), 'not said') as kind,
        clean_text(name) as name,
        coalesce(clean_text(object), '-') as object,
        coalesce(lower(clean_text(status)), 'not said') as status,
        try_cast(record as json) as record,
    from raw_smartdesk__automation
),

read as (
    select
        *,
        coalesce(record ->> '$.trigger.type', 'not said') as set_off_by,
        coalesce(json_array_length(record, '$.conditions.all'), 0)
        + coalesce(json_array_length(record, '$.conditions.any'), 0)
            as conditions_count,
        array_to_string(record ->> '$.actions[*].type', ', ') as does,
        try_cast(record ->> '$.runs_30d' as bigint) as runs_in_30_days_count,
        left(record ->> '$.last_run_at', 10) as last_run_date,
        array_to_string(list_concat(
            coalesce(record ->> '$.depends_on.fields[*]', []),
            coalesce(record ->> '$.depends_on.templates[*]', [])
        ), ', ') as depends_on,
        coalesce(json_array_length(record, '$.depends_on.webhooks'), 0)
            as webhooks_count,
    from parts
)

select
    name, kind, object, status,
    set_off_by, conditions_count, does,
    runs_in_30_days_count, last_run_date, depends_on, webhooks_count,
    case kind
        when 'workflow' then 'workflow'
        when 'sequence' then 'sales sequence'
        when 'assignment_rule' then 'auto-assignment rule (Pro)'
        when 'scoring_rule' then 'contact scoring (Freddy)'
        when 'sla' then 'none: a workflow with a time trigger (Pro)'
        when 'web_form' then 'web form'
        when 'scheduled_report' then 'scheduled report'
        when 'ai_action' then 'none: by hand, or Freddy by plan'
        else 'none known'
    end as becomes,
    case
        when status <> 'active' then 'no: not active'
        when set_off_by in ('record_created', 'record_updated', 'field_changed')
            then 'yes: keep its counterpart off until verified'
        when set_off_by = 'not said' then 'not known: keep it off'
        else 'no'
    end as acts_on_the_load,
    id as source_id,
from read
order by coalesce(runs_in_30_days_count, 0) desc, name, id
