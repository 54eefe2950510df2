-- Marketing lists: one for each campaign that has members. The source id in
-- the name makes it findable and single. The classic edition has none.
-- key: _source_id
-- require: name
-- unique: name
-- skip: duplicate_id, deleted_at_source, no_members
-- queue: conflicting_id, no_lists_there

with campaigns as (
    select * from stg_smartdesk__campaigns
),

members as (
    select campaign_id, count(*) as member_count,
    from stg_smartdesk__campaign_members
    where _duplicate is null and not is_deleted
    group by campaign_id
),

reasoned as (
    select
        campaigns.*,
        coalesce(
            row_skip_reason(campaigns._duplicate, campaigns.is_deleted),
            case
                when campaigns._duplicate is null
                    and members.member_count is null then 'no_members'
            end
        ) as skip_reason,
    from campaigns
    left join members on campaigns.campaign_id = members.campaign_id
)

select
    _source_id,
    coalesce(name || ' ', '') || source_marker(_source_id) as name,
    skip_reason as _skip_reason,
    unless_skipped(coalesce(
        row_queue_reason(_duplicate),
        case when policy('edition') = 'classic' then 'no_lists_there' end
    ), skip_reason) as _queue_reason,
from reasoned
