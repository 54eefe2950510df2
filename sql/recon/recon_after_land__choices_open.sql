-- How files and columns are read where that is not certain, or was decided
-- since otherwise than they were read. `deskferry map set` answers; a file that
-- was read otherwise has to be landed again.
-- blocks: decide
-- fix: `deskferry map show` lists what is asked, `deskferry map set` answers
-- fix: it; land again a file that was read otherwise

select
    scope,
    topic,
    choice as read_as,
    answer as decided,
    array_to_string(others, ', ') as others,
    evidence_for,
    evidence_against,
    evidence,
from int_choices__judged
where is_open
order by scope, topic
