-- Ids that begin otherwise than three of four of their object do, as `7` among
-- `tsk_3` and `tsk_5`. Another export of the account may call them otherwise,
-- and then they are not known again.
-- blocks: no

with beginnings as (
    select
        object,
        regexp_extract(id, '^[^0-9]*') as beginning,
        count(*) as records,
    from landed_ids
    where id is not null and not is_earlier
    group by all
),

usual as (
    select object, beginning
    from beginnings
    qualify records >= 0.75 * sum(records) over (partition by object)
)

select
    landed_ids.object,
    landed_ids.id as source_id,
    usual.beginning as usual_beginning,
from landed_ids
inner join usual on landed_ids.object = usual.object
where not landed_ids.is_earlier
    and regexp_extract(landed_ids.id, '^[^0-9]*') <> usual.beginning
order by all
