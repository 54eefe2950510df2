-- Records of {object} that were accepted, and that no list and no answer has shown since.
select outcomes.destination_id
from ledger_outcomes as outcomes
left join raw_freshsales__{object} as stored
    on stored.id = outcomes.destination_id::varchar
where outcomes.object = '{object}'
    and outcomes.state = 'accepted'
    and outcomes.destination_id is not null
    and coalesce(stored._read_seq, 0) < outcomes.seq
