-- What only somebody who knows the account can settle. The tables below, and
-- the other documents, say more of each.
-- title: What the customer has to settle
-- order: 20
-- empty: Nothing is open.

with files as (
    select
        'A file belongs to no object: ' || path as question,
        1 as rows_count,
        'name its object in sql/map/map_headers.csv, or -' as what_to_do,
    from landed_strays
    where not is_decided
    union all
    select
        'The rows of ' || object || ' end where exports end',
        rows_count,
        'ask for an export of everything, not of a view',
    from doc_scope__caps
    union all
    select
        'Records of ' || object || ' could not be read as rows',
        sum(quarantined)::bigint,
        'look at staging/quarantine, and mend them at the source',
    from landed_files
    group by object
    having sum(quarantined) > 0
),

fields as (
    select
        upper(gap[1]) || gap[2:] || coalesce(': ' || object, '')
            as question,
        count(*) as rows_count,
        case when contains(gap, 'no file')
            then 'ask for an export by an admin, with all fields'
            else 'ask for the schema with the next export'
        end as what_to_do,
    from doc_scope__schema
    group by gap, object
),

people as (
    select
        'Records wait for owners: ' || standing as question,
        sum(held_back_count)::bigint as rows_count,
        'invite users, or name others in sql/map/map_owners.csv'
            as what_to_do,
    from doc_owners__people
    where standing not like 'on hold%'
    group by standing
    having sum(held_back_count) > 0
    union all
    select
        'Deals wait for stages that are missing there',
        sum(deals_waiting_count)::bigint,
        'add the stages there, or name others in sql/map/map_stages.csv',
    from doc_stages__missing
    having sum(deals_waiting_count) > 0
),

checks as (
    select
        description as question,
        rows_count,
        'deskferry sql "select * from ' || "check" || '"' as what_to_do,
    from doc_scope__findings
    where stops <> 'no' or "check" in (
        'recon_after_land__custom_columns_unmapped',
        'recon_after_land__attachments_odd',
        'recon_after_land__files_unmatched',
        'recon_after_land__parts_differ',
        'recon_before_load__choices_unknown',
        'recon_before_load__industries_unknown',
        'recon_before_load__products_unknown'
    )
)

select * from checks
union all
select * from people
union all
select * from files
union all
select * from fields
order by all
