-- Fields of Freshsales: what a type holds (fact sheet, 9.1 and 9.2).

-- One word for what Freshsales calls by several; null for a type that nobody
-- has described.
create or replace macro kind_of_field(type) as
    case
        when type = 'text' then 'text'
        when type in ['textarea', 'paragraph'] then 'long'
        when type in ['number', 'decimal', 'integer', 'currency'] then 'number'
        when type in ['dropdown', 'radio', 'choice'] then 'choice'
        when starts_with(type, 'multi') then 'list'
        when type in ['checkbox', 'boolean'] then 'checkbox'
        when type in ['date_time', 'datetime'] then 'date_time'
        when type = 'date' then 'date'
    end;

-- Kinds that hold the same, however long: texts, and days with or without a
-- time. A type that nobody has described takes texts.
create or replace macro holds(kind) as
    case coalesce(kind, 'text')
        when 'long' then 'text'
        when 'date_time' then 'date'
        else coalesce(kind, 'text')
    end;

-- Whether a JSON value is one that a field of this kind holds.
create or replace macro fits_field(kind, json_type, value) as
    case
        when json_type = 'NULL' or kind is null then true
        when kind = 'number'
            then json_type in ['BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE']
        when kind = 'checkbox' then json_type = 'BOOLEAN'
        when holds(kind) = 'date' then json_type = 'VARCHAR'
            and try_cast(left(value, 10) as date) is not null
        else json_type = 'VARCHAR'
    end;

-- How many characters a field of a type holds there; null: nobody knows.
create or replace macro field_limit(name, type) as
    case
        when name = 'mobile_number' then 30
        when type in ['textarea', 'paragraph']
            then case when starts_with(name, 'cf_') then 10000 else 65535 end
        when type = 'text' then 256
    end;
