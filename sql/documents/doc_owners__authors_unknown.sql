-- Activities by somebody who is not among the users of the export, or by nobody
-- where others have an author. They are loaded; their text names the author.
-- title: Authors nobody knows
-- order: 50
-- empty: Every author is known.

select
    case author
        when 'missing' then 'nobody is named'
        else 'somebody who is not among the users'
    end as author,
    count(*) as activities_count,
from recon_after_land__authors_unknown
group by all
order by activities_count desc
