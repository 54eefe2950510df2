-- Companies, and for each name the one that keeps it: the newest edit. The
-- destination has a name once; what happens to the others is a policy.
-- key: _source_id

with companies as (
    select
        *,
        _duplicate is null and not is_deleted and name is not null
            as can_survive,
    from stg_smartdesk__companies
),

newest as (
    select
        match_key(name) as name_key,
        _source_id as survivor_source_id,
    from companies
    where can_survive
    qualify row_number() over (
        partition by match_key(name)
        order by updated_at desc nulls last, created_at desc nulls last,
            _source_id
    ) = 1
),

ranked as (
    select
        companies.* exclude (can_survive),
        companies.can_survive
            and newest.survivor_source_id <> companies._source_id
            as has_newer_namesake,
        newest.survivor_source_id as namesake_source_id,
    from companies
    left join newest on match_key(companies.name) = newest.name_key
),

final as (
    select
        * exclude (namesake_source_id),
        case
            when has_newer_namesake
                and coalesce(policy('duplicate_names'), 'queue')
                = 'newest_wins'
                then namesake_source_id
            else _source_id
        end as survivor_source_id,
    from ranked
)

select * from final
