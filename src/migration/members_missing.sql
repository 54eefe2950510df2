select count(*)
from main.load_{object} as wanted
inner join ledger_outcomes as outcomes
    on outcomes.object = '{object}'
    and wanted._source_id = outcomes.source_id
    and outcomes.was_accepted
left join raw_freshsales__{object} as stored
    on wanted.contact_id = try_cast(stored.id as bigint)
    and wanted.list_id = try_cast(stored.record ->> '$.list_id' as bigint)
where stored.id is null
