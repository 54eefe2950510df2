-- Deals of the source, one row a source row.
-- key: _source_id

select
    row_source_id(deals.id, deals._occurrence) as _source_id,
    duplicate_kind(deals._occurrence, deals._is_copy) as _duplicate,
    deals.id as deal_id,
    clean_name(deals.name) as name,
    parse_amount(
        deals.value_amount,
        columns.read_as['deal.value_amount']
    ) as value_amount,
    is_unread(
        deals.value_amount,
        parse_amount(
            deals.value_amount, columns.read_as['deal.value_amount']
        )
    ) as is_amount_unread,
    coalesce(
        parse_currency(deals.value_currency),
        parse_currency(deals.value_amount),
        source_currency()
    ) as value_currency,
    deals.pipeline_id,
    clean_text(deals.pipeline_name) as pipeline_name,
    deals.stage_id,
    clean_text(deals.stage_name) as stage_name,
    stage_key(
        deals.stage_id, deals.pipeline_id, deals.pipeline_name,
        deals.stage_name
    ) as stage_key,
    lower(clean_value(deals.status)) as status,
    parse_share(
        deals.probability, columns.read_as['deal.probability']
    ) as probability,
    parse_date(
        deals.expected_close_date,
        columns.read_as['deal.expected_close_date']
    ) as expected_close_date,
    day_in_zone(
        parse_instant(
            deals.closed_at,
            columns.read_as['deal.closed_at'],
            source_time_zone()
        ),
        source_time_zone()
    ) as closed_date,
    clean_value(deals.lost_reason) as lost_reason,
    reference_id(deals.company_id) as company_id,
    clean_name(deals.company_name) as company_name,
    reference_ids(deals.primary_contact_id)[1] as contact_id,
    reference_ids(deals.primary_contact_id)[2:] as other_contact_ids,
    clean_name(deals.primary_contact_name) as contact_name,
    deals.product_id,
    clean_text(deals.product_name) as product_name,
    clean_value(deals.source) as source,
    deals.campaign_id,
    multi_values(
        deals.tags, columns.read_as['deal.tags'], []
    ) as tags,
    owner_key(
        deals.owner_id, deals.owner_email, deals.owner_name
    ) as owner_key,
    deals.owner_id,
    parse_email(deals.owner_email) as owner_email,
    clean_name(deals.owner_name) as owner_name,
    coalesce(parse_boolean(deals.is_deleted), false) as is_deleted,
    parse_instant(
        deals.created_at,
        columns.read_as['deal.created_at'],
        source_time_zone()
    ) as created_at,
    parse_instant(
        deals.updated_at,
        columns.read_as['deal.updated_at'],
        source_time_zone()
    ) as updated_at,
    to_json(deals) as _cells,
from raw_smartdesk__deal as deals
cross join col_smartdesk__read_as as columns
