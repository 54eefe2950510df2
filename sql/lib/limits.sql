-- What the plans of Freshsales allow (fact sheet, section 15). Null: it is not
-- said, or there is no limit.

-- Custom fields of one type that a module may have.
create or replace macro custom_fields_allowed(plan, kind) as
    case plan || ' ' || kind
        when 'growth text' then 20
        when 'growth textarea' then 5
        when 'growth dropdown' then 30
        when 'growth multi-select' then 5
        when 'growth number' then 30
        when 'growth checkbox' then 30
        when 'growth date' then 30
        when 'growth all' then 150
        when 'pro text' then 30
        when 'pro textarea' then 10
        when 'pro dropdown' then 40
        when 'pro multi-select' then 10
        when 'pro number' then 50
        when 'pro checkbox' then 50
        when 'pro date' then 50
        when 'pro all' then 250
        when 'enterprise text' then 70
        when 'enterprise textarea' then 20
        when 'enterprise dropdown' then 250
        when 'enterprise multi-select' then 30
        when 'enterprise number' then 70
        when 'enterprise checkbox' then 70
        when 'enterprise date' then 70
        when 'enterprise all' then 630
        else case when plan = 'free' then 0 end
    end;

-- Calls an hour, of the account with all its users.
create or replace macro calls_allowed(plan) as
    case plan
        when 'pro' then 2000
        when 'enterprise' then 5000
        else 1000
    end;

-- Whether a plan has several pipelines, currencies, and the product catalogue.
create or replace macro has_sales_extras(plan) as
    plan in ['pro', 'enterprise'];
