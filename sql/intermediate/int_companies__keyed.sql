-- Every key by which a record may name its company, and the survivor.
-- key: company_key

with companies as (
    select * from int_companies__merged_by_name where _duplicate is null
),

final as (
    select
        'id:' || company_id as company_key,
        survivor_source_id as company_source_id,
    from companies
    union all
    select
        'name:' || match_key(name),
        min(survivor_source_id),
    from companies
    where name is not null and not is_deleted
    group by match_key(name)
)

select * from final
