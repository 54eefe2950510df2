-- Companies of the source, one row a source row.
-- key: _source_id

select
    row_source_id(companies.id, companies._occurrence) as _source_id,
    duplicate_kind(companies._occurrence, companies._is_copy) as _duplicate,
    companies.id as company_id,
    clean_name(companies.name) as name,
    clean_value(companies.domain) as domain,
    clean_value(companies.website) as website,
    clean_value(companies.industry) as industry,
    clean_text(companies.employee_count) as employee_text,
    parse_integer(companies.employee_count) as employee_count,
    parse_amount(
        companies.annual_revenue_amount,
        columns.read_as['company.annual_revenue_amount']
    ) as annual_revenue_amount,
    coalesce(
        parse_currency(companies.annual_revenue_currency),
        parse_currency(companies.annual_revenue_amount),
        case
            when not is_no_value(companies.annual_revenue_amount)
                then source_currency()
        end
    ) as annual_revenue_currency,
    parse_phone(companies.phone) as phone,
    clean_value(companies.billing_street) as street,
    clean_value(companies.billing_city) as city,
    clean_value(companies.billing_state) as state,
    clean_value(companies.billing_postal_code) as postal_code,
    clean_value(companies.billing_country) as country,
    reference_id(companies.parent_company_id) as parent_company_id,
    clean_name(companies.parent_company_name) as parent_company_name,
    clean_value(companies.description) as description,
    multi_values(
        companies.tags, columns.read_as['company.tags'], []
    ) as tags,
    owner_key(
        companies.owner_id, companies.owner_email, companies.owner_name
    ) as owner_key,
    companies.owner_id,
    parse_email(companies.owner_email) as owner_email,
    clean_name(companies.owner_name) as owner_name,
    coalesce(parse_boolean(companies.is_deleted), false) as is_deleted,
    parse_instant(
        companies.created_at,
        columns.read_as['company.created_at'],
        source_time_zone()
    ) as created_at,
    parse_instant(
        companies.updated_at,
        columns.read_as['company.updated_at'],
        source_time_zone()
    ) as updated_at,
    to_json(companies) as _cells,
from raw_smartdesk__company as companies
cross join col_smartdesk__read_as as columns
