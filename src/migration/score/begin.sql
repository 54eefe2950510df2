create table cells (object varchar, relation varchar, source_id varchar, column_name varchar, value varchar);
create table conflicts (object varchar, source_id varchar);
create table interpreted (object varchar, column_name varchar);
