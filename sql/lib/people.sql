-- People: what an address says of who is behind it.

-- Whether an address is, by its name, read by several people.
create or replace macro is_shared_mailbox(email) as
    regexp_matches(
        lower(email),
        '^(info|sales|support|service|team|office|contact|hello|help|helpdesk'
        || '|admin|marketing|billing|accounts?|orders?|jobs|careers|press|mail'
        || '|post|crm|no-?reply|vertrieb|kontakt|ventas|ventes|vendite|verkoop'
        || '|vendas)([._+-][^@]*)?@'
    );
