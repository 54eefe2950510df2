-- Files of which not every record is accounted for: landed, set aside, or
-- standing beside the rows.
-- blocks: yes

select object, path, records, landed, quarantined,
from landed_files
where records
    is distinct from landed + quarantined
        + header_rows + title_rows + total_rows + blank_lines
order by object, path
