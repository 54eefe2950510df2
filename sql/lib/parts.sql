-- Parts: a check that joins wide rows looks at some of them at a time.

-- Whether a row belongs to the part at hand, by its key. Here all do; the
-- runner makes it anew for each part of many rows.
create or replace macro in_part(key) as hash(key) % 1 = 0;
