-- Zones: wall-clock time and UTC, and the hours that clocks change in.

-- Whether a time of day is written, not only a day.
create or replace macro has_time(text) as
    regexp_matches(text, '\d:\d\d|^\s*\d{10}(\d{3})?\s*$');

-- Whether a time of day is written and no offset with it.
create or replace macro needs_zone(text) as
    regexp_matches(text, '\d:\d\d')
    and not regexp_matches(text, '(Z|[+-]\d\d:?\d\d)\s*$');

-- A wall-clock time of a zone as UTC. One that the clocks leave out in spring
-- moves on by the hour; of the two in autumn it is the later one.
create or replace macro zone_to_utc(wall_time, time_zone) as
    (wall_time::timestamp at time zone time_zone) at time zone 'UTC';

-- A UTC instant as the wall-clock time of a zone, and its calendar day there.
create or replace macro zone_from_utc(instant, time_zone) as
    (instant at time zone 'UTC') at time zone time_zone;

create or replace macro day_in_zone(instant, time_zone) as
    zone_from_utc(instant, time_zone)::date;

-- Whether an instant was written without offset for an hour that the clocks
-- leave out, or go through twice.
create or replace macro is_clock_change(text, instant, time_zone) as
    needs_zone(text)
    and (
        (zone_from_utc(instant, time_zone))::time
            is distinct from time_of(text)
        or zone_from_utc(instant - interval 1 hour, time_zone)
            = zone_from_utc(instant, time_zone)
    );
