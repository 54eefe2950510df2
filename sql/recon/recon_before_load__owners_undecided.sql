-- Owners of at least one record for whom nobody has decided: name the user
-- they become in map_owners, or put them on hold there.
-- blocks: decide
-- fix: say in sql/map/map_owners.csv whom each becomes, or hold them there

with owned as (
    select keyed.owner_source_id, count(*) as records,
    from int_records__owned as owned
    inner join int_owners__keyed as keyed on owned.owner_key = keyed.owner_key
    group by keyed.owner_source_id
)

select
    owners._source_id as source_id,
    owners.owner_reason as reason,
    owned.records,
from int_owners__matched as owners
inner join owned on owners._source_id = owned.owner_source_id
where owners.owner_reason is not null
    and not owners.is_decided
    and owners._duplicate is null
order by owned.records desc, source_id
