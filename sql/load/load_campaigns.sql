-- Campaigns, matched by name; the destination's cannot be made by API, so a
-- missing one waits for its admin.
-- key: _source_id
-- skip: duplicate_id, deleted_at_source
-- queue: conflicting_id, campaign_missing

with matched as (
    select
        campaigns.*,
        destination.campaign_id as destination_campaign_id,
    from stg_smartdesk__campaigns as campaigns
    left join stg_freshsales__campaigns as destination
        on match_key(campaigns.name) = match_key(destination.name)
    qualify row_number() over (
        partition by campaigns._source_id order by destination.campaign_id
    ) = 1
)

select
    _source_id,
    destination_campaign_id as id,
    row_skip_reason(_duplicate, is_deleted) as _skip_reason,
    unless_skipped(
        coalesce(
            row_queue_reason(_duplicate),
            case
                when destination_campaign_id is null then 'campaign_missing'
            end
        ),
        row_skip_reason(_duplicate, is_deleted)
    ) as _queue_reason,
from matched
