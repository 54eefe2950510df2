-- Attachments with their file, by the surest sign that finds one: its bytes;
-- its path and the id in its name; the record's folder; name and size. Two
-- contents, or two rows for one name, are not guessed between.
-- key: _source_id

with attachments as (
    select * from stg_smartdesk__attachments
),

calls as (
    select _source_id, 1 as rank, 'sha256:' || sha256 as file_key,
    from attachments
    union all
    select _source_id, 2, 'id:' || attachment_id, from attachments
    union all
    select _source_id, 2, 'path:' || path_key(stored_path),
    from attachments
    union all
    select _source_id, 3, 'folder:' || parent_id || '/' || match_key(file_name),
    from attachments
    where _duplicate is null
    union all
    select _source_id, 4, 'name:' || match_key(file_name) || '/' || size_bytes,
    from attachments
    where _duplicate is null
),

found as (
    select
        calls._source_id,
        calls.rank,
        min(calls.file_key) as file_key,
        count(distinct files.sha256) as contents,
        min(files.sha256) as file_sha256,
        min(files.size_bytes) as file_bytes,
        min(base_name(files.path)) as stored_name,
    from calls
    inner join int_attachment_files__keyed as files
        on calls.file_key = files.file_key
    group by calls._source_id, calls.rank
    qualify row_number() over (
        partition by calls._source_id order by calls.rank
    ) = 1
),

shared as (
    select
        *,
        rank >= 3 and count(*) over (partition by file_key) > 1
            as is_name_shared,
    from found
)

select
    attachments.*,
    shared.file_sha256,
    shared.file_bytes,
    coalesce(
        attachments.file_name,
        clean_text(regexp_replace(
            replace(shared.stored_name, attachments.attachment_id, ''),
            '^[_ -]+', ''
        ))
    ) as name,
    case
        when shared._source_id is null and attachments.source_url is not null
            then 'link_only'
        when shared._source_id is null then 'file_missing'
        when shared.contents > 1 or shared.is_name_shared
            then 'file_ambiguous'
        when attachments.sha256 <> shared.file_sha256
            or attachments.size_bytes <> shared.file_bytes
            then 'file_damaged'
        when shared.file_bytes = 0 then 'file_empty'
        when shared.file_bytes > most_file_bytes() then 'file_too_large'
    end as file_reason,
from attachments
left join shared on attachments._source_id = shared._source_id
