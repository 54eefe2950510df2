-- Leads with what can be said of them before anything is loaded. A lead and a
-- contact with one address would become one person there: a person decides.
-- key: _source_id

select
    *,
    coalesce(
        row_skip_reason(_duplicate, is_deleted),
        case
            when _duplicate is null and is_converted then 'converted'
            when survivor_source_id <> _source_id then 'duplicate_email'
        end
    ) as skip_reason,
    coalesce(
        row_queue_reason(_duplicate),
        case when has_email_of_contact then 'email_of_contact' end,
        case when is_company_ambiguous then 'parent_ambiguous' end,
        case when last_name is null then 'missing_last_name' end,
        case
            when email is null and coalesce(
                policy('contacts_without_email'), 'queue'
            ) <> 'create' then 'missing_email'
        end,
        case when has_newer_twin then 'duplicate_email' end
    ) as queue_reason,
from int_leads__linked
