create table cells (object varchar, relation varchar, source_id varchar, column_name varchar, value varchar);
-- Rows under an id that another row has: `copy` says the same, `conflict` something else.
create table duplicates (object varchar, source_id varchar, kind varchar);
create table interpreted (object varchar, column_name varchar);
