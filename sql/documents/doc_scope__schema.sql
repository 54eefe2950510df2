-- Where the files and the export's own list of fields do not fit.
-- title: Gaps in the schema
-- order: 100
-- empty: Files and list fit.

select
    object,
    "column" as field,
    case gap
        when 'no_list' then 'the export has no list of fields'
        when 'no_column' then 'listed, and in no file'
        else 'in the files, and not listed'
    end as gap,
from recon_after_land__schema_gaps
order by all
