-- What asking for the open links costs, each way. The list at the other end has
-- a page for so many of the records that went there.
select
    count(distinct id) as records,
    count(distinct parent) as parents,
    (
        select (count(*) + {page} - 1) // {page}
        from ledger_outcomes
        where object = '{parents}' and was_accepted
    ) as pages,
from links_open
