-- People of the source, one row a source row. In doubt a person has opted out.
-- key: _source_id

select
    row_source_id(contacts.id, contacts._occurrence) as _source_id,
    duplicate_kind(contacts._occurrence, contacts._is_copy) as _duplicate,
    contacts.id as contact_id,
    clean_value(contacts.salutation) as salutation,
    coalesce(
        clean_name(contacts.first_name),
        case
            when clean_name(contacts.last_name) is null
                then first_name_of(contacts.full_name)
        end
    ) as first_name,
    coalesce(
        clean_name(contacts.last_name),
        case
            when clean_name(contacts.first_name) is null
                then last_name_of(contacts.full_name)
        end
    ) as last_name,
    coalesce(
        clean_name(contacts.full_name),
        clean_text(concat_ws(' ', contacts.first_name, contacts.last_name))
    ) as full_name,
    clean_value(contacts.job_title) as job_title,
    clean_value(contacts.department) as department,
    parse_email(contacts.email) as email,
    parse_email(contacts.email_secondary) as email_secondary,
    parse_phone(contacts.phone) as phone,
    parse_phone(contacts.mobile) as mobile,
    reference_id(contacts.company_id) as company_id,
    clean_name(contacts.company_name) as company_name,
    clean_value(contacts.lifecycle_stage) as lifecycle_stage,
    clean_value(contacts.street) as street,
    clean_value(contacts.city) as city,
    clean_value(contacts.state) as state,
    clean_value(contacts.postal_code) as postal_code,
    clean_value(contacts.country) as country,
    parse_date(
        contacts.birthday, columns.read_as['contact.birthday']
    ) as birthday,
    clean_value(contacts.linkedin_url) as linkedin_url,
    is_opted_out(
        contacts.email_opt_out, contacts.email_opt_out_at,
        contacts.email_opt_in
    ) as is_opted_out,
    parse_instant(
        contacts.email_opt_out_at,
        columns.read_as['contact.email_opt_out_at'],
        source_time_zone()
    ) as opted_out_at,
    parse_boolean(contacts.do_not_call) as is_do_not_call,
    clean_value(contacts.consent_source) as consent_source,
    parse_instant(
        contacts.consent_at,
        columns.read_as['contact.consent_at'],
        source_time_zone()
    ) as consent_at,
    contacts.converted_from_lead_id as lead_id,
    multi_values(
        contacts.tags, columns.read_as['contact.tags'], []
    ) as tags,
    owner_key(
        contacts.owner_id, contacts.owner_email, contacts.owner_name
    ) as owner_key,
    contacts.owner_id,
    parse_email(contacts.owner_email) as owner_email,
    clean_name(contacts.owner_name) as owner_name,
    coalesce(parse_boolean(contacts.is_deleted), false) as is_deleted,
    parse_instant(
        contacts.created_at,
        columns.read_as['contact.created_at'],
        source_time_zone()
    ) as created_at,
    parse_instant(
        contacts.updated_at,
        columns.read_as['contact.updated_at'],
        source_time_zone()
    ) as updated_at,
    to_json(contacts) as _cells,
from raw_smartdesk__contact as contacts
cross join col_smartdesk__read_as as columns
