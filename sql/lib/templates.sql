-- E-mail templates: merge fields in the words of the destination.

-- One merge field, with blanks and a fallback after `|`, under a new name.
create or replace macro rename_merge_field(text, source_word, new_word) as
    regexp_replace(
        text,
        '\{\{\s*' || replace(source_word, '.', '\.') || '\s*(\|[^}]*)?\}\}',
        '{{' || new_word || '}}', 'g'
    );

-- `{{contact.first_name|there}}` as `{{contact.first_name}}`.
create or replace macro drop_fallbacks(text) as
    regexp_replace(text, '\{\{\s*([\w.]+)\s*(\|[^}]*)?\}\}', '{{\1}}', 'g');

create or replace macro translate_contact_fields(text) as
    rename_merge_field(rename_merge_field(rename_merge_field(
        rename_merge_field(
            text, 'contact.company_name', 'contact.sales_account.name'
        ),
        'contact.phone', 'contact.work_number'
    ),
        'contact.mobile', 'contact.mobile_number'
    ),
        'company.name', 'sales_account.name'
    );

create or replace macro translate_deal_fields(text) as
    rename_merge_field(rename_merge_field(rename_merge_field(
        text, 'deal.value', 'deal.amount'
    ),
        'deal.expected_close_date', 'deal.expected_close'
    ),
        'owner.full_name', 'user.name'
    );

create or replace macro translate_merge_fields(text) as
    drop_fallbacks(translate_deal_fields(translate_contact_fields(text)));
