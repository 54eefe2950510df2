-- What the destination offers where the source has choices: by the fields that
-- the scripts carry themselves, and by the choices of its own fields.
-- key: object, field, choice

with leads as (
    select statuses.name
    from stg_freshsales__contact_statuses as statuses
    inner join stg_freshsales__lifecycle_stages as stages
        on statuses.lifecycle_stage_id = stages.lifecycle_stage_id
        and stages.type = 'Lead'
    where policy('leads_as') <> 'lead'
    union
    select name from stg_freshsales__lead_stages
    where policy('leads_as') = 'lead'
),

listed as (
    select 'company' as object, 'industry' as field, name as choice,
    from stg_freshsales__industry_types
    union
    select 'contact', 'lifecycle_stage', name
    from stg_freshsales__lifecycle_stages
    union
    select 'lead', 'cf_lead_status', name from leads
    union
    select 'lead', 'cf_lead_source', name from stg_freshsales__lead_sources
    union
    select 'deal', 'source', name from stg_freshsales__lead_sources
    union
    select 'deal', 'lost_reason', name from stg_freshsales__deal_reasons
    union
    select 'deal', 'value_currency', currency_code
    from stg_freshsales__currencies
    where is_active
    union
    select 'activity', 'type', name from stg_freshsales__sales_activity_types
    union
    select source_object, name, unnest(choices) from int_fields__listed
)

select object, field, choice,
from listed
where clean_text(choice) is not null
