-- Custom fields of Freshsales: what a type holds (fact sheet, 9.1 and 9.2).

-- One word for what Freshsales calls by several; null for a type that nobody
-- has described.
create or replace macro custom_field_kind(type) as
    case
        when type in ('text', 'textarea', 'paragraph') then 'text'
        when type in ('number', 'decimal') then 'number'
        when type in ('date', 'date_time') then 'date'
        when type in ('dropdown', 'radio') then 'dropdown'
        when starts_with(type, 'multi') then 'multi-select'
        when type = 'checkbox' then 'checkbox'
    end;

-- Whether a JSON value is one that a field of this kind holds.
create or replace macro fits_custom_field(kind, json_type, value) as
    case
        when json_type = 'NULL' or kind is null then true
        when kind = 'number'
            then json_type in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')
        when kind = 'checkbox' then json_type = 'BOOLEAN'
        when kind = 'date' then json_type = 'VARCHAR'
            and try_cast(left(value, 10) as date) is not null
        else json_type = 'VARCHAR'
    end;
