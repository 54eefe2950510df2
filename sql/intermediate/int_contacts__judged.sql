-- Contacts with what can be said of them before anything is loaded.
-- key: _source_id

with contacts as (
    select
        *,
        last_name is null and first_name is not null
            and policy('contacts_without_last_name') = 'use_first_name'
            as is_named_by_first_name,
    from int_contacts__linked
),

named as (
    select
        * exclude (first_name, last_name),
        case when not is_named_by_first_name then first_name end as first_name,
        case
            when is_named_by_first_name then first_name else last_name
        end as last_name,
    from contacts
),

final as (
    select
        *,
        coalesce(
            row_skip_reason(_duplicate, is_deleted),
            case
                when survivor_source_id <> _source_id then 'duplicate_email'
            end
        ) as skip_reason,
        coalesce(
            row_queue_reason(_duplicate),
            case when last_name is null then 'missing_last_name' end,
            case
                when email is null and coalesce(
                    policy('contacts_without_email'), 'queue'
                ) <> 'create' then 'missing_email'
            end,
            case when has_newer_twin then 'duplicate_email' end
        ) as queue_reason,
    from named
)

select * from final
