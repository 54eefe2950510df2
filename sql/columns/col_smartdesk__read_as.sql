-- How each column of the layout is read, by `<object>.<column>`: one row.

select map(list(scope), list(read_as)) as read_as,
from col_smartdesk__columns
