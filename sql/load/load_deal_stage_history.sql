-- Stage history of deals: kept in the warehouse; Freshsales starts its own.
-- key: _source_id
-- skip: inventory_only

select
    row_source_id(id, _occurrence) as _source_id,
    'inventory_only' as _skip_reason,
    null::varchar as _queue_reason,
from raw_smartdesk__deal_stage_history
