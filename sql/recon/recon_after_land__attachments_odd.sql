-- Attachments that do not arrive as the export lists them: no file, another
-- one than the list says, or one that mail programs and servers turn away.
-- blocks: no

with attachments as (
    select
        _source_id as source_id,
        coalesce(
            file_reason,
            case when may_run(file_name) then 'may_run' end
        ) as reason,
    from int_attachments__matched_to_files
    where _duplicate is null and not is_deleted
)

select source_id, reason,
from attachments
where reason is not null
order by all
