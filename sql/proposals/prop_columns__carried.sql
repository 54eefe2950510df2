-- Where the load scripts carry the canonical columns: field by field, as
-- sql/load/ does it. `-`: it decides what becomes of the record, or of another
-- one, and is no field there.
-- key: object, column_name

with companies as (
    select 'company' as object, unnest([
        ['id', 'cf_source_id'], ['name', 'name'], ['domain', 'cf_domain'],
        ['website', 'website'], ['industry', 'industry_type_id'],
        ['employee_count', 'number_of_employees'], ['phone', 'phone'],
        ['annual_revenue_amount', 'annual_revenue'],
        ['annual_revenue_currency', 'cf_revenue_currency'],
        ['billing_street', 'address'], ['billing_city', 'city'],
        ['billing_state', 'state'], ['billing_postal_code', 'zipcode'],
        ['billing_country', 'country'], ['tags', 'tags'],
        ['parent_company_id', 'parent_sales_account_id'],
        ['parent_company_name', 'parent_sales_account_id'],
        ['description', 'cf_description'],
    ]) as pair,
),

contacts as (
    select 'contact' as object, unnest([
        ['id', 'external_id'], ['salutation', 'cf_salutation'],
        ['first_name', 'first_name'], ['last_name', 'last_name'],
        ['full_name', 'last_name'], ['job_title', 'job_title'],
        ['department', 'cf_department'], ['email', 'email'],
        ['email_secondary', 'cf_email_secondary'], ['tags', 'tags'],
        ['phone', 'work_number'], ['mobile', 'mobile_number'],
        ['company_id', 'sales_accounts'], ['company_name', 'sales_accounts'],
        ['lifecycle_stage', 'lifecycle_stage_id'], ['street', 'address'],
        ['city', 'city'], ['state', 'state'], ['postal_code', 'zipcode'],
        ['country', 'country'], ['birthday', 'cf_birthday'],
        ['linkedin_url', 'linkedin'], ['email_opt_out', 'cf_email_opt_out'],
        ['email_opt_in', 'cf_email_opt_out'],
        ['email_opt_out_at', 'cf_email_opt_out_at'],
        ['do_not_call', 'cf_do_not_call'], ['consent_at', 'cf_consent_at'],
        ['consent_source', 'cf_consent_source'],
        ['converted_from_lead_id', 'cf_source_lead_id'],
    ]) as pair,
),

leads as (
    select 'lead' as object, unnest([
        ['id', 'external_id'], ['first_name', 'first_name'],
        ['last_name', 'last_name'], ['company_name', 'cf_lead_company'],
        ['job_title', 'job_title'], ['email', 'email'],
        ['phone', 'work_number'], ['mobile', 'mobile_number'],
        ['website', 'cf_lead_website'], ['country', 'country'],
        ['cf_lead_source', 'cf_lead_source'], ['score', 'cf_lead_score'],
        ['cf_lead_status', 'cf_lead_status'], ['tags', 'tags'],
        ['should_convert', 'cf_should_convert'], ['is_converted', '-'],
        ['email_opt_out', 'cf_email_opt_out'],
        ['email_opt_in', 'cf_email_opt_out'],
    ]) as pair,
),

deals as (
    select 'deal' as object, unnest([
        ['id', 'cf_source_id'], ['name', 'name'], ['value_amount', 'amount'],
        ['value_currency', 'currency_id'], ['probability', 'probability'],
        ['pipeline_id', 'deal_pipeline_id'], ['stage_id', 'deal_stage_id'],
        ['pipeline_name', 'deal_pipeline_id'], ['tags', 'tags'],
        ['stage_name', 'deal_stage_id'], ['closed_at', 'cf_closed_date'],
        ['expected_close_date', 'expected_close'],
        ['lost_reason', 'cf_lost_reason'], ['source', 'cf_source'],
        ['company_id', 'sales_account_id'], ['campaign_id', 'campaign_id'],
        ['company_name', 'sales_account_id'], ['product_id', 'deal_product_id'],
        ['primary_contact_id', 'contacts_added_list'],
        ['primary_contact_name', 'contacts_added_list'],
        ['product_name', 'deal_product_id'],
    ]) as pair,
),

shared as (
    select object, unnest([
        ['owner_id', 'owner_id'], ['owner_email', 'owner_id'],
        ['owner_name', 'owner_id'], ['is_deleted', '-'],
        ['created_at', 'cf_source_created_at'],
        ['updated_at', 'cf_source_updated_at'],
    ]) as pair,
    from (select unnest(['company', 'contact', 'lead', 'deal']) as object)
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
    select * from shared
)

select object, pair[1] as column_name, pair[2] as destination_field,
from final
