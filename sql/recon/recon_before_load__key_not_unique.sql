-- Deals about to be written although the field that finds them again is not
-- marked unique at the destination: a second write would make a second deal. An
-- account that shows no forms is asked by `deskferry probe --write` instead.
-- blocks: yes
-- fix: the account's admin ticks "unique" on the field cf_source_id of deals

select
    load_deals._source_id as source_id,
    unique_fields.name as field,
    'not unique' as standing,
from load_deals
cross join int_fields__unique as unique_fields
where unique_fields.object = 'deals'
    and unique_fields.name = 'cf_source_id'
    and not unique_fields.is_unique
    and load_deals._skip_reason is null
    and load_deals._queue_reason is null
