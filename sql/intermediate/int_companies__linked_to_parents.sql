-- Companies with the company above them, by id, then by name. A company
-- that is found above itself may not go before a person has cut the circle.
-- key: _source_id

with recursive companies as (
    select
        *,
        coalesce(
            'id:' || parent_company_id,
            'name:' || match_key(parent_company_name)
        ) as parent_key,
    from int_companies__merged_by_name
),

linked as (
    select
        companies._source_id,
        companies.survivor_source_id,
        parents.company_source_id as parent_source_id,
        companies.parent_key is not null
            and parents.company_source_id is null as is_parent_missing,
        coalesce(parents.is_ambiguous, false) as is_parent_ambiguous,
    from companies
    left join int_companies__keyed as parents
        on companies.parent_key = parents.company_key
),

ancestors as (
    select _source_id, parent_source_id as ancestor_id, 1 as depth,
    from linked
    where parent_source_id is not null
    union all
    select ancestors._source_id, linked.parent_source_id, ancestors.depth + 1,
    from ancestors
    inner join linked on ancestors.ancestor_id = linked._source_id
    where linked.parent_source_id is not null
        and ancestors.ancestor_id <> ancestors._source_id
        and ancestors.depth < 50
),

in_a_circle as (
    select distinct _source_id
    from ancestors
    where ancestor_id = _source_id
),

final as (
    select
        companies.* exclude (parent_key),
        linked.parent_source_id,
        case
            when in_a_circle._source_id is not null then 'parent_cycle'
            when linked.is_parent_ambiguous then 'parent_ambiguous'
            when linked.is_parent_missing then 'parent_missing'
        end as parent_reason,
    from companies
    inner join linked on companies._source_id = linked._source_id
    left join in_a_circle on companies._source_id = in_a_circle._source_id
)

select * from final
