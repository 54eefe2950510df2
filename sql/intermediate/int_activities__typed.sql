-- Activities with the object they become: calls and e-mails where the
-- destination can log them, meetings, and notes for everything else.
-- key: _source_id

with activities as (
    select * from int_activities__parented
),

types as (
    select
        case
            when internal_name in ('phone', 'call')
                or lower(name) in ('phone', 'call', 'phone call') then 'call'
            when internal_name = 'email'
                or lower(name) in ('email', 'e-mail') then 'email'
        end as type,
        min(sales_activity_type_id) as sales_activity_type_id,
    from stg_freshsales__sales_activity_types
    group by all
),

final as (
    select
        activities.* exclude (started_at, ended_at),
        coalesce(activities.started_at, activities.created_at) as started_at,
        greatest(
            coalesce(activities.started_at, activities.created_at),
            coalesce(
                activities.ended_at,
                activities.started_at
                    + to_seconds(activities.duration_seconds),
                activities.started_at,
                activities.created_at
            )
        ) as ended_at,
        types.sales_activity_type_id,
        case
            when activities.type in ('meeting', 'event', 'appointment')
                then 'meetings'
            when types.type = 'call' then 'calls'
            when types.type = 'email' then 'emails'
            else 'notes'
        end as object,
    from activities
    left join types on activities.type = types.type
)

select * from final
