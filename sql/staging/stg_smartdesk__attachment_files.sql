-- Files that came with the export, one row a file.
-- key: path

select
    files.path,
    base_name(files.path) as base_name,
    folder_name(files.path) as folder_name,
    files.size_bytes::bigint as size_bytes,
    files.sha256,
from raw_smartdesk__attachment_file as files
