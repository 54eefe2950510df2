-- Accounts Freshsales shall hold: one per name, the newest edit wins.
-- key: _source_id
-- require: name
-- unique: name
-- references: owner_id -> owners
-- references: parent_sales_account_id -> companies
-- skip: duplicate_id, deleted_at_source, duplicate_name
-- queue: conflicting_id, missing_name, duplicate_name
-- queue: owner_on_hold, owner_undecided, owner_inactive
-- queue: parent_missing, parent_ambiguous, parent_cycle, parent_not_loaded

with companies as (
    select * from int_companies__judged
),

ids as (
    select * from ledger_ids where object in ('owners', 'companies')
),

placed as (
    select
        companies.*,
        owner_ids.destination_id as destination_owner_id,
        parent_ids.destination_id as destination_parent_id,
    from companies
    left join ids as owner_ids
        on companies.owner_source_id = owner_ids.source_id
        and owner_ids.object = 'owners'
    left join ids as parent_ids
        on companies.parent_source_id = parent_ids.source_id
        and parent_ids.object = 'companies'
)

select
    _source_id,
    name,
    phone,
    coalesce(website, domain) as website,
    street as address,
    city,
    state,
    postal_code as zipcode,
    country,
    industry_type_id,
    employee_count as number_of_employees,
    coalesce(
        try_cast(standard ->> '$.annual_revenue' as decimal(18, 4)),
        annual_revenue_amount
    ) as annual_revenue,
    destination_owner_id as owner_id,
    destination_parent_id as parent_sales_account_id,
    tags,
    _source_id as cf_source_id,
    created_at as cf_source_created_at,
    updated_at as cf_source_updated_at,
    description as cf_description,
    case when domain <> website then domain end as cf_domain,
    case
        when annual_revenue_amount is not null
            and annual_revenue_currency <> source_currency()
            then annual_revenue_currency
    end as cf_revenue_currency,
    case when employee_count is null then employee_text end
        as cf_employee_range,
    custom_field,
    skip_reason as _skip_reason,
    unless_skipped(
        coalesce(
            queue_reason,
            owner_reason(owner_key, owner_reason, destination_owner_id),
            parent_reason(
                parent_source_id, parent_reason, destination_parent_id
            )
        ),
        skip_reason
    ) as _queue_reason,
from placed
