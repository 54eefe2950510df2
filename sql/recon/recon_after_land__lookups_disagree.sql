-- Records that name one thing by id and another beside it; the id wins.
-- blocks: no

with companies as (
    select company_id, name from stg_smartdesk__companies
    where _duplicate is null
),

disagreeing as (
    select 'contacts' as object, contacts._source_id as source_id,
        'company' as lookup,
    from stg_smartdesk__contacts as contacts
    inner join companies on contacts.company_id = companies.company_id
    where match_key(contacts.company_name) <> match_key(companies.name)
    union all
    select 'deals', deals._source_id, 'company',
    from stg_smartdesk__deals as deals
    inner join companies on deals.company_id = companies.company_id
    where match_key(deals.company_name) <> match_key(companies.name)
    union all
    select 'deals', deals._source_id, 'stage',
    from stg_smartdesk__deals as deals
    inner join stg_smartdesk__stages as stages
        on deals.stage_id = stages.stage_id
    where match_key(deals.stage_name) <> match_key(stages.name)
),

owners as (
    select owned.object, owned._source_id as source_id, 'owner' as lookup,
    from int_records__owned as owned
    inner join stg_smartdesk__users as users on owned.owner_id = users.user_id
    where owned.owner_email <> users.email
)

select * from disagreeing
union all
select * from owners
order by all
