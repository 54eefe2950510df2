-- Deals Freshsales shall hold, with stage, company and people linked by id.
-- key: _source_id
-- require: name, deal_pipeline_id, deal_stage_id
-- unique: cf_source_id
-- references: owner_id -> owners
-- references: deal_pipeline_id -> pipelines
-- references: deal_stage_id -> stages
-- references: sales_account_id -> companies
-- references: _contact_id -> contacts
-- references: deal_product_id -> products
-- references: campaign_id -> campaigns
-- skip: duplicate_id, deleted_at_source
-- queue: conflicting_id, amount_not_read, currency_unmatched, stage_unmatched
-- queue: owner_on_hold, owner_undecided, owner_inactive
-- queue: parent_missing, parent_ambiguous, parent_not_loaded

with deals as (
    select * from int_deals__judged
),

ids as (
    select object, source_id, destination_id from ledger_ids
),

people as (
    select
        gathered.deal_source_id,
        list_sort(list(contact_ids.destination_id)) as contact_ids,
    from int_deal_contacts__gathered as gathered
    inner join ids as contact_ids
        on gathered.contact_source_id = contact_ids.source_id
        and contact_ids.object = 'contacts'
    group by gathered.deal_source_id
),

placed as (
    select
        deals._source_id,
        owner_ids.destination_id as owner_id,
        company_ids.destination_id as company_id,
        contact_ids.destination_id as contact_id,
        people.contact_ids,
    from deals
    left join ids as owner_ids
        on deals.owner_source_id = owner_ids.source_id
        and owner_ids.object = 'owners'
    left join ids as company_ids
        on deals.company_source_id = company_ids.source_id
        and company_ids.object = 'companies'
    left join ids as contact_ids
        on deals.contact_source_id = contact_ids.source_id
        and contact_ids.object = 'contacts'
    left join people on deals._source_id = people.deal_source_id
),

classed as (
    select
        deals._source_id,
        pipeline_ids.destination_id as deal_pipeline_id,
        stage_ids.destination_id as deal_stage_id,
        product_ids.destination_id as deal_product_id,
        campaign_ids.destination_id as destination_campaign_id,
    from deals
    left join ids as pipeline_ids
        on deals.pipeline_source_id = pipeline_ids.source_id
        and pipeline_ids.object = 'pipelines'
    left join ids as stage_ids
        on deals.stage_source_id = stage_ids.source_id
        and stage_ids.object = 'stages'
    left join ids as product_ids
        on deals.product_source_id = product_ids.source_id
        and product_ids.object = 'products'
    left join ids as campaign_ids
        on deals.campaign_id = campaign_ids.source_id
        and campaign_ids.object = 'campaigns'
)

select
    deals._source_id,
    deals.name,
    deals.value_amount as amount,
    deals.currency_id,
    classed.deal_pipeline_id,
    classed.deal_stage_id,
    placed.company_id as sales_account_id,
    placed.contact_id as _contact_id,
    placed.contact_ids as contacts_added_list,
    placed.owner_id,
    classed.deal_product_id,
    deals.deal_reason_id,
    deals.lead_source_id,
    classed.destination_campaign_id as campaign_id,
    deals.expected_close_date as expected_close,
    deals.probability,
    deals.tags,
    deals._source_id as cf_source_id,
    deals.created_at as cf_source_created_at,
    deals.updated_at as cf_source_updated_at,
    deals.closed_date as cf_closed_date,
    deals.lost_reason as cf_lost_reason,
    deals.source as cf_source,
    deals.custom_field,
    deals.skip_reason as _skip_reason,
    unless_skipped(coalesce(
        deals.queue_reason,
        case when classed.deal_stage_id is null then 'stage_unmatched' end,
        owner_reason(deals.owner_key, deals.owner_reason, placed.owner_id),
        parent_reason(
            deals.company_source_id, deals.company_reason, placed.company_id
        ),
        parent_reason(
            deals.contact_source_id, deals.contact_reason, placed.contact_id
        )
    ), deals.skip_reason) as _queue_reason,
from deals
inner join placed on deals._source_id = placed._source_id
inner join classed on deals._source_id = classed._source_id
