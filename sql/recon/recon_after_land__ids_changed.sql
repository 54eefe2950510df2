-- Objects whose ids begin otherwise than in the first export that was landed
-- here, as `7` where it was `tsk_7`. No record would be known again, and each
-- would be sent once more. Land an export with the ids as they were, or begin a
-- new workspace.
-- blocks: yes
-- fix: land an export with the ids as they were, or begin a new workspace

with beginnings as (
    select
        object,
        is_earlier,
        regexp_extract(id, '^[^0-9]*') as beginning,
        count(*) as records,
    from landed_ids
    where id is not null
    group by all
),

usual as (
    select *
    from beginnings
    qualify records
        >= 0.75 * sum(records) over (partition by object, is_earlier)
)

select
    usual.object,
    'id' as whole_column,
    usual.beginning,
    earlier.beginning as earlier_beginning,
    usual.records,
from usual
inner join usual as earlier
    on usual.object = earlier.object and earlier.is_earlier
where not usual.is_earlier and usual.beginning <> earlier.beginning
order by all
