-- Files of the export that no attachment has. They are held, and not sent.
-- blocks: no

with matched as (
    select distinct file_sha256
    from int_attachments__matched_to_files
    where file_sha256 is not null
)

select files.path, files.size_bytes,
from stg_smartdesk__attachment_files as files
anti join matched on files.sha256 = matched.file_sha256
order by files.path
