-- Activities with the record they hang on: the named parent, else the contact
-- by id, else by name, else the company.
-- key: _source_id

with activities as (
    select
        *,
        coalesce(
            'id:' || company_id, 'name:' || match_key(company_name)
        ) as company_key,
        case
            when parent_id is null and contact_id is not null then 'contact'
            else parent_type
        end as record_type,
        coalesce(parent_id, contact_id) as record_id,
    from stg_smartdesk__activities
),

placed as (
    select
        activities.*,
        companies.company_source_id,
        coalesce(parents.object, untyped.object) as known_object,
        coalesce(parents.source_id, untyped.source_id) as known_source_id,
        coalesce(parents.targetable_type, untyped.targetable_type)
            as known_targetable_type,
        coalesce(untyped.is_ambiguous, false) as is_kind_open,
    from activities
    left join int_companies__keyed as companies
        on activities.company_key = companies.company_key
    left join int_records__keyed as parents
        on activities.record_type = parents.record_type
        and activities.record_id = parents.record_id
    left join int_records__untyped as untyped
        on case when activities.record_type is null
            then activities.record_id end = untyped.record_id
),

-- Keys of their own, so that the joins below are by equality alone: any other
-- condition would hold every activity against every name.
keyed as (
    select
        *,
        case when record_id is null then match_key(contact_name) end
            as name_anywhere,
        case
            when record_id is null
                then match_key(contact_name) || '|'
                || coalesce(company_source_id, '')
        end as name_in_company,
    from placed
),

-- Few activities call people by name: no more names are held than they use.
asked as (
    select name_in_company as name_key from keyed
    where name_in_company is not null
    union
    select name_anywhere from keyed
    where name_anywhere is not null
),

known_names as (
    select * from int_contacts__named
    where name_key in (select name_key from asked)
),

named as (
    select
        keyed.*,
        coalesce(
            in_company.contact_source_id, anywhere.contact_source_id
        ) as contact_source_id,
        coalesce(
            in_company.is_ambiguous, anywhere.is_ambiguous, false
        ) as is_ambiguous,
    from keyed
    left join known_names as in_company
        on keyed.name_in_company = in_company.name_key
    left join known_names as anywhere
        on keyed.name_anywhere = anywhere.name_key
)

select
    * exclude (
        company_key, record_type, known_object, known_source_id,
        known_targetable_type, name_anywhere, name_in_company,
        contact_source_id, is_ambiguous, is_kind_open
    ),
    case
        when record_id is not null then known_object
        when contact_name is not null then 'contacts'
        when company_source_id is not null then 'companies'
    end as parent_object,
    case
        when record_id is not null then known_source_id
        when contact_name is not null then contact_source_id
        else company_source_id
    end as parent_source_id,
    case
        when record_id is not null then known_targetable_type
        when contact_name is not null then 'Contact'
        else 'SalesAccount'
    end as targetable_type,
    case
        when record_type = 'ticket' then 'parent_not_migrated'
        when is_kind_open then 'parent_ambiguous'
        when record_id is not null and known_source_id is null
            then 'parent_missing'
        when record_id is not null then null
        when is_ambiguous then 'parent_ambiguous'
        when coalesce(contact_name, company_key) is null then 'no_parent'
        when coalesce(contact_source_id, company_source_id) is null
            then 'parent_missing'
    end as parent_reason,
from named
