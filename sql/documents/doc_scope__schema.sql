-- Where the files and the export's own list of fields do not fit. Standard
-- fields need not be listed.
-- title: Gaps in the schema
-- order: 100
-- empty: Files and list fit.

select
    case when gaps.gap <> 'no_list' then gaps.object end as object,
    gaps."column" as field,
    case gaps.gap
        when 'no_list' then 'the export has no list of fields'
        when 'no_column' then 'listed, and in no file'
        else 'in the files, and not listed'
    end as gap,
from (
    select * from recon_after_land__schema_gaps
    where gap <> 'no_list' or object = 'schema_field'
) as gaps
left join landed_profile as profile
    on gaps.object = profile.object
    and gaps."column" = profile.column_name
where gaps.gap <> 'not_listed' or not profile.is_standard
order by all
