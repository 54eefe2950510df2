-- What the cells of each landed column hold, as numbers: one reading of the files, one row a column. Cells are counted, never
-- kept. `distinct_count` is an estimate (HyperLogLog, within some percent); dates are those that can be read without a guess.
with listed as (
    {columns}
),

cells as (
    {cells}
),

known as (
    select object, column_name, type in ('date', 'date_time', 'datetime') as is_date
    from stg_smartdesk__fields
),

-- Columns of which some cells are dates.
dates as (
    select unnest(map_keys(read_as)) as scope, unnest(map_values(read_as)) as read_as
    from col_smartdesk__read_as
),

filled as (
    select * from cells where not is_no_value(cell)
),

read as (
    select
        cells.object,
        cells.column_name,
        cells.cell,
        case
            when known.is_date or dates.read_as in ('ymd', 'dmy', 'mdy')
                or regexp_matches(cells.column_name, '(_at|_date|birthday)$')
                then coalesce(
                    try_cast(left(cells.cell, 10) as date),
                    parse_date(cells.cell, coalesce(dates.read_as, source_date_order()))
                )
        end as day,
    from filled as cells
    left join known
        on cells.object = known.object and cells.column_name = known.column_name
    left join dates
        on cells.object || '.' || cells.column_name = dates.scope
),

counted as (
    select
        object,
        column_name,
        count(cell) as filled_count,
        least(approx_count_distinct(cell), count(cell)) as distinct_count,
        max(length(cell)) as longest_count,
        count(day) as dates_count,
        min(day) as first_date,
        max(day) as last_date,
    from read
    group by object, column_name
)

select
    listed.object,
    listed.column_name,
    listed.place,
    listed.is_standard,
    coalesce(counted.filled_count, 0) as filled_count,
    coalesce(counted.distinct_count, 0) as distinct_count,
    coalesce(counted.longest_count, 0) as longest_count,
    coalesce(counted.dates_count, 0) as dates_count,
    counted.first_date,
    counted.last_date,
from listed
left join counted
    on listed.object = counted.object and listed.column_name = counted.column_name
