-- References: what a cell that names another record may hold.

-- The id in one: `com_7`, `Acme (com_7)`, `https://…/companies/com_7?tab=1`.
create or replace macro reference_id(text) as
    coalesce(
        nullif(regexp_extract(
            text, '^\s*\w+://\S*/([^/?#\s]+)/?(?:[?#]\S*)?\s*$', 1
        ), ''),
        nullif(regexp_extract(
            text, '\S\s+\(([^()\s]*\d[^()\s]*)\)\s*$', 1
        ), ''),
        text
    );

-- The ids in a cell that may hold several, in their order.
create or replace macro reference_ids(text) as
    list_transform(
        string_split_regex(text, '\s*[;|\n]\s*'),
        lambda reference: reference_id(reference)
    );

-- `kupfer.example` of an address there and of `https://www.kupfer.example/`.
create or replace macro domain_of(text) as
    nullif(lower(regexp_extract(
        text, '^(?:\S*@|\w+://)?(?:www\.)?([^\s/@:?#]+\.[^\s/@:?#]+)', 1
    )), '');
