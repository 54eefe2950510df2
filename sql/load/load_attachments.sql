-- Files Freshsales shall hold, each on the nearest record that can carry one.
-- The same file under the same name goes to a record once. Shared: whoever
-- sees the record there sees the file, as at the source.
-- key: _source_id
-- require: file_name, targetable_type, targetable_id, _file_sha256
-- references: _company_id -> companies
-- references: _contact_id -> contacts
-- references: _lead_id -> leads
-- references: _deal_id -> deals
-- skip: duplicate_id, deleted_at_source, duplicate_file
-- queue: conflicting_id
-- queue: no_parent, parent_missing, parent_ambiguous, parent_not_migrated
-- queue: parent_not_loaded
-- queue: file_missing, file_ambiguous, file_damaged, file_empty
-- queue: file_too_large, file_type_blocked, link_only

with placed as (
    select
        attachments.* exclude (name),
        coalesce(safe_file_name(attachments.name), 'attachment') as name,
        ids.destination_id,
        row_skip_reason(
            attachments._duplicate, attachments.is_deleted
        ) as skip_reason,
    from int_attachments__parented as attachments
    left join ledger_ids as ids
        on attachments.parent_source_id = ids.source_id
        and attachments.parent_object = ids.object
),

judged as (
    select
        *,
        unless_skipped(coalesce(
            row_queue_reason(_duplicate),
            parent_reason(parent_source_id, parent_reason, destination_id),
            file_reason,
            case when is_program_name(name) then 'file_type_blocked' end
        ), skip_reason) as queue_reason,
        coalesce(skip_reason, queue_reason) is null as is_wanted,
    from placed
),

told_apart as (
    select
        *,
        is_wanted and row_number() over (
            partition by is_wanted, destination_id, targetable_type, name,
                file_sha256
            order by _source_id
        ) > 1 as is_again,
    from judged
)

select
    _source_id,
    name as file_name,
    true as is_shared,
    targetable_type,
    destination_id as targetable_id,
    file_sha256 as _file_sha256,
    file_bytes as _file_bytes,
    -- How many files of this record no name and no size tells apart.
    count(*) over (
        partition by is_wanted and not is_again, destination_id,
            targetable_type, name, file_bytes
    ) as _alike_count,
    case when parent_object = 'companies' then destination_id end
        as _company_id,
    case when parent_object = 'contacts' then destination_id end
        as _contact_id,
    case when parent_object = 'leads' then destination_id end as _lead_id,
    case when parent_object = 'deals' then destination_id end as _deal_id,
    case when is_again then 'duplicate_file' else skip_reason end
        as _skip_reason,
    queue_reason as _queue_reason,
from told_apart
