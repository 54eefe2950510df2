-- Records that name a parent which is not in the export, or could mean several.
-- A parent that was deleted, or hidden from whoever made the export, is found
-- at the source.
-- title: Orphans
-- order: 80
-- empty: Every parent is there.

with orphans as (
    select object, parent, 'is not in the export' as parent_is
    from recon_after_land__orphans
    union all
    select
        coalesce(objects.object, links.object),
        'several',
        case links.reason
            when 'parent_cycle' then 'leads in a circle'
            else 'cannot be told from another'
        end,
    from recon_after_land__links_in_doubt as links
    left join objects
        on links.object = objects.source and objects.has_quarantine
)

select
    object,
    -- A cell may say anything where it should say a kind.
    case
        when parent in (select source from objects)
            or parent in ('none', 'several') then parent
        else 'another kind'
    end as parent,
    parent_is,
    count(*) as records_count,
from orphans
group by all
order by records_count desc, object, parent
