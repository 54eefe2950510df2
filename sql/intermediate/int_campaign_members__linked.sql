-- Members of campaigns with the person they are at the destination.
-- key: _source_id

with members as (
    select * from stg_smartdesk__campaign_members
),

campaigns as (
    select * from stg_smartdesk__campaigns where _duplicate is null
),

final as (
    select
        members.*,
        campaigns._source_id as campaign_source_id,
        people.object as person_object,
        people.source_id as person_source_id,
        case
            when campaigns._source_id is null or people.source_id is null
                then 'parent_missing'
        end as link_reason,
    from members
    left join campaigns on members.campaign_id = campaigns.campaign_id
    left join int_records__keyed as people
        on members.member_type = people.record_type
        and members.member_id = people.record_id
        and people.targetable_type = 'Contact'
)

select * from final
