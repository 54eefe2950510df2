-- Every object, in the order in which it is loaded, with all rows of its
-- source. What waits needs a person first, and includes records that could not
-- be read as rows; what stays behind is a copy, was deleted, or has no place to
-- go.
-- title: Objects and volumes
-- order: 10
-- chart: object, rows_count
-- key: object

with set_aside as (
    select object as source, sum(quarantined)::bigint as quarantined_count,
    from landed_files
    group by object
),

standing as (
    select
        object,
        count(*) as rows_count,
        count_if(
            starts_with(reason, 'duplicate_')
            or reason in ('conflicting_id', 'email_of_contact')
        ) as duplicates_count,
        count_if(bucket = 'queued') as waits_count,
        count_if(bucket = 'skipped') as stays_behind_count,
    from ledger_buckets
    group by object
),

counted as (
    select
        objects.object,
        objects.phase,
        objects.write,
        coalesce(standing.rows_count, 0) as rows_count,
        case
            when objects.has_quarantine
                then coalesce(set_aside.quarantined_count, 0)
            else 0
        end as quarantined_count,
        coalesce(standing.duplicates_count, 0) as duplicates_count,
        coalesce(standing.waits_count, 0) as waits_count,
        coalesce(standing.stays_behind_count, 0) as stays_behind_count,
    from objects
    left join standing on objects.object = standing.object
    left join set_aside on objects.source = set_aside.source
)

select
    object,
    case write
        when 'bulk_upsert' then 'written by key, a hundred a call'
        when 'upsert' then 'written by key, one a call'
        when 'create' then 'created, one a call'
        when 'multipart' then 'uploaded, one a call'
        when 'list_members' then 'put on lists, a hundred a call'
        when 'match' then 'matched with what is there'
        when 'bundle' then 'put aside as files, for a person'
        when 'inventory' then 'counted, never migrated'
        else write
    end as travels,
    rows_count + quarantined_count as rows_count,
    quarantined_count,
    duplicates_count,
    rows_count - waits_count - stays_behind_count as goes_count,
    waits_count + quarantined_count as waits_count,
    stays_behind_count,
from counted
order by phase
