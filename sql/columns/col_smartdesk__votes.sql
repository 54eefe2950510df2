-- How dates, amounts and lists are written, by all cells of a column: one row a
-- column, with the cells that show each way and those that depend on it.
-- key: object, column_name

with companies as (
    select 'company' as object, unnest([
        amount_votes('annual_revenue_amount', annual_revenue_amount),
        list_votes('tags', tags, []),
        date_votes('created_at', created_at),
        date_votes('updated_at', updated_at),
    ], max_depth := 2),
    from raw_smartdesk__company
),

contacts as (
    select 'contact' as object, unnest([
        date_votes('birthday', birthday),
        list_votes('tags', tags, []),
        date_votes('email_opt_out_at', email_opt_out_at),
        date_votes('consent_at', consent_at),
        date_votes('created_at', created_at),
        date_votes('updated_at', updated_at),
    ], max_depth := 2),
    from raw_smartdesk__contact
),

leads as (
    select 'lead' as object, unnest([
        list_votes('tags', tags, []),
        date_votes('created_at', created_at),
        date_votes('updated_at', updated_at),
    ], max_depth := 2),
    from raw_smartdesk__lead
),

deals as (
    select 'deal' as object, unnest([
        amount_votes('value_amount', value_amount),
        share_votes('probability', probability),
        list_votes('tags', tags, []),
        date_votes('expected_close_date', expected_close_date),
        date_votes('closed_at', closed_at),
        date_votes('created_at', created_at),
        date_votes('updated_at', updated_at),
    ], max_depth := 2),
    from raw_smartdesk__deal
),

tasks as (
    select 'task' as object, unnest([
        date_votes('due_at', due_at),
        date_votes('completed_at', completed_at),
        date_votes('created_at', created_at),
    ], max_depth := 2),
    from raw_smartdesk__task
),

activities as (
    select 'activity' as object, unnest([
        date_votes('started_at', started_at),
        date_votes('ended_at', ended_at),
        date_votes('created_at', created_at),
    ], max_depth := 2),
    from raw_smartdesk__activity
),

stages as (
    select 'stage' as object, unnest([
        share_votes('probability', probability),
    ], max_depth := 2),
    from raw_smartdesk__stage
),

campaigns as (
    select 'campaign' as object, unnest([
        date_votes('start_date', start_date),
        date_votes('end_date', end_date),
    ], max_depth := 2),
    from raw_smartdesk__campaign
),

products as (
    select 'product' as object, unnest([
        amount_votes('price_amount', price_amount),
    ], max_depth := 2),
    from raw_smartdesk__product
),

final as (
    select * from companies
    union all
    select * from contacts
    union all
    select * from leads
    union all
    select * from deals
    union all
    select * from tasks
    union all
    select * from activities
    union all
    select * from stages
    union all
    select * from campaigns
    union all
    select * from products
)

select * from final
