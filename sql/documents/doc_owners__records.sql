-- How many records of each object somebody owns, second rows and deleted ones
-- included.
-- title: Records by owner
-- order: 30
-- empty: No record has an owner.

select
    coalesce(owners.email, owners.full_name, owners.user_id, 'two of a name')
        as person,
    owned.object,
    count(*) as records_count,
    count_if(coalesce(keyed.owner_reason, '') <> '') as held_back_count,
from int_records__owned as owned
left join int_owners__keyed as keyed on owned.owner_key = keyed.owner_key
left join int_owners__listed as owners
    on keyed.owner_source_id = owners._source_id
group by all
order by person, owned.object
