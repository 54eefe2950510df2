-- What the admin of Freshsales adds before the load, or a row of `map_stages`
-- sends elsewhere. On the Growth plan there is one pipeline.
-- title: For the admin: stages to add
-- order: 20
-- empty: Every stage has its counterpart.
-- key: source_id

select
    pipeline,
    stage,
    type,
    probability_share,
    position,
    deals_count as deals_waiting_count,
    source_id,
from doc_stages__matches
where matched = 'missing'
order by deals_waiting_count desc, pipeline, stage
