-- Campaigns of the source, one row a source row.
-- key: _source_id

select
    row_source_id(campaigns.id, campaigns._occurrence) as _source_id,
    duplicate_kind(campaigns._occurrence, campaigns._is_copy) as _duplicate,
    campaigns.id as campaign_id,
    clean_name(campaigns.name) as name,
    lower(clean_value(campaigns.status)) as status,
    parse_date(
        campaigns.start_date, columns.read_as['campaign.start_date']
    ) as start_date,
    parse_date(
        campaigns.end_date, columns.read_as['campaign.end_date']
    ) as end_date,
    coalesce(parse_boolean(campaigns.is_deleted), false) as is_deleted,
from raw_smartdesk__campaign as campaigns
cross join col_smartdesk__read_as as columns
