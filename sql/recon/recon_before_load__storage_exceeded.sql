-- Files to be held there are larger together than what the plan stores for
-- all its active users. Name the account's plan in deskferry.toml, or let
-- them go: policy `attachments_over_storage = "load"`.
-- blocks: decide
-- fix: name the account's plan in deskferry.toml, or let them go with
-- fix: attachments_over_storage = "load" in [policies]

with wanted as (
    select count(*) as files, sum(_file_bytes) as file_bytes,
    from load_attachments
    where _skip_reason is null and _queue_reason is null
),

users as (
    select greatest(count(*), 1) as user_count
    from stg_freshsales__owners
    where is_active
)

select
    destination_plan() as plan,
    users.user_count,
    wanted.files,
    wanted.file_bytes,
    storage_bytes_per_user(destination_plan()) * users.user_count
        as storage_bytes,
from wanted
cross join users
where wanted.file_bytes
        > storage_bytes_per_user(destination_plan()) * users.user_count
    and coalesce(policy('attachments_over_storage'), 'decide') = 'decide'
