-- Products that deals of the source name.
-- key: _source_id

select
    row_source_id(products.id, products._occurrence) as _source_id,
    duplicate_kind(products._occurrence, products._is_copy) as _duplicate,
    products.id as product_id,
    clean_name(products.name) as name,
    parse_amount(
        products.price_amount,
        columns.read_as['product.price_amount']
    ) as price_amount,
    coalesce(parse_boolean(products.is_deleted), false) as is_deleted,
from raw_smartdesk__product as products
cross join col_smartdesk__read_as as columns
