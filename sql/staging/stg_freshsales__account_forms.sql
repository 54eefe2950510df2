-- What the destination's forms of companies say of each field. Sections nest,
-- the key comes in two spellings, and a field may stand in several forms.

select
    records.record ->> (options.path || '.name') as name,
    bool_or(coalesce(
        try_cast(options.value ->> '$.unique' as boolean), false
    )) as is_unique,
from raw_freshsales__account_forms as records
cross join json_tree(records.record) as options
where options.key in ('field_options', 'fieldOptions')
group by name
