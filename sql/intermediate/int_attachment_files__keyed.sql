-- By what a row of the index may call a file: its bytes, the id before its
-- name, its path, the record's folder and its name, its name and size.
-- key: file_key, path

with keys as (
    select path, 'sha256:' || sha256 as file_key,
    from stg_smartdesk__attachment_files
    union all
    select path, 'id:' || unnest(file_prefixes(base_name)),
    from stg_smartdesk__attachment_files
    union all
    select path, 'path:' || path_key(path),
    from stg_smartdesk__attachment_files
    union all
    select path, 'folder:' || folder_name || '/' || match_key(base_name),
    from stg_smartdesk__attachment_files
    union all
    select path, 'name:' || match_key(base_name) || '/' || size_bytes,
    from stg_smartdesk__attachment_files
)

select
    keys.file_key,
    keys.path,
    files.sha256,
    files.size_bytes,
from keys
inner join stg_smartdesk__attachment_files as files on keys.path = files.path
where keys.file_key is not null
