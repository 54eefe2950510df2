-- Leads of the source, one row a source row. In doubt a lead has opted out.
-- key: _source_id

select
    row_source_id(leads.id, leads._occurrence) as _source_id,
    duplicate_kind(leads._occurrence, leads._is_copy) as _duplicate,
    leads.id as lead_id,
    clean_name(leads.first_name) as first_name,
    clean_name(leads.last_name) as last_name,
    clean_text(concat_ws(' ', leads.first_name, leads.last_name)) as full_name,
    clean_name(leads.company_name) as company_name,
    clean_value(leads.job_title) as job_title,
    parse_email(leads.email) as email,
    parse_phone(leads.phone) as phone,
    parse_phone(leads.mobile) as mobile,
    clean_value(leads.website) as website,
    clean_value(leads.country) as country,
    clean_value(leads.cf_lead_source) as lead_source,
    clean_value(leads.cf_lead_status) as lead_status,
    parse_amount(leads.score, null) as score,
    is_opted_out(leads.email_opt_out, null, leads.email_opt_in)
        as is_opted_out,
    coalesce(parse_boolean(leads.is_converted), false) as is_converted,
    reference_id(leads.converted_contact_id) as converted_contact_id,
    parse_boolean(leads.should_convert) as is_to_convert,
    multi_values(
        leads.tags, columns.read_as['lead.tags'], []
    ) as tags,
    owner_key(
        leads.owner_id, leads.owner_email, leads.owner_name
    ) as owner_key,
    leads.owner_id,
    parse_email(leads.owner_email) as owner_email,
    clean_name(leads.owner_name) as owner_name,
    coalesce(parse_boolean(leads.is_deleted), false) as is_deleted,
    parse_instant(
        leads.created_at,
        columns.read_as['lead.created_at'],
        source_time_zone()
    ) as created_at,
    parse_instant(
        leads.updated_at,
        columns.read_as['lead.updated_at'],
        source_time_zone()
    ) as updated_at,
    to_json(leads) as _cells,
from raw_smartdesk__lead as leads
cross join col_smartdesk__read_as as columns
