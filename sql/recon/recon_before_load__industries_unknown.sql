-- Industries that the destination does not have: the company goes without one.
-- A row in map_options for company, industry settles each.
-- blocks: no

select
    industry,
    count(*) as companies,
    min(_source_id) as first_source_id,
from int_companies__judged
where industry is not null
    and industry_type_id is null
    and skip_reason is null
group by industry
order by industry
