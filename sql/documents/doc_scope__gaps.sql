-- What only somebody who knows the account can settle, before anything is sent.
-- The tables below say more of each.
-- title: What the customer has to settle
-- order: 20
-- empty: Nothing is open.

with files as (
    select
        'A file belongs to no object: ' || path as question,
        1 as rows_count,
        'name its object in `sql/map/map_headers.csv`, or `-`' as what_to_do,
    from landed_strays
    where not is_decided
    union all
    select
        'The rows end where an export may have ended: ' || object,
        rows_count,
        'ask for an export of everything, not of a view',
    from doc_scope__caps
    union all
    select
        'Records of ' || object || ' could not be read as rows',
        sum(quarantined)::bigint,
        'look at `staging/quarantine`, and mend them at the source',
    from landed_files
    group by object
    having sum(quarantined) > 0
),

columns as (
    select
        case gap
            when 'no_list' then 'The export has no list of its own fields'
            when 'no_column' then
                'Fields are listed, and not in the files: ' || object
            else 'Columns are not in the list of fields: ' || object
        end as question,
        count(*) as rows_count,
        case gap
            when 'no_list' then 'ask for the schema with the next export'
            when 'no_column'
                then 'ask for an export by an admin, with all fields'
            else 'say what they are, and whether they go'
        end as what_to_do,
    from recon_after_land__schema_gaps
    group by gap, object
),

checks as (
    select
        description as question,
        rows_count,
        '`select * from ' || "check" || '`' as what_to_do,
    from doc_scope__findings
    where stops <> 'no'
)

select * from checks
union all
select * from files
union all
select * from columns
order by all
