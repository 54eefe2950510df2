-- Companies, one survivor a name: the newest edit wins, the rest point to it.
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

final as (
    select
        companies.* exclude (can_survive),
        case
            when companies.can_survive then newest.survivor_source_id
            else companies._source_id
        end as survivor_source_id,
    from companies
    left join newest on match_key(companies.name) = newest.name_key
)

select * from final
