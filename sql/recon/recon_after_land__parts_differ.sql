-- Files that lack columns which other files of their object have: the rows of
-- these files have nothing there. An export of all fields has all in each.
-- blocks: no

select object, path, array_to_string(missing, ', ') as missing_columns,
from landed_files
where len(missing) > 0
order by object, path
