-- Records without an owner where others of their kind have one. They wait until
-- the row `(none)` of `map_owners` says whose they are.
-- title: Records of nobody
-- order: 40
-- empty: Every record has an owner.

select objects.object, count(*) as records_count,
from recon_after_land__owners_missing as records
inner join objects
    on records.object = objects.source and objects.has_quarantine
group by objects.object
order by records_count desc, objects.object
