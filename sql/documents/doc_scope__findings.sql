-- All that the checks found, those first that stop a load. Each is a table of
-- that name; `deskferry plan` runs them again.
-- title: Findings
-- order: 130
-- empty: The checks found nothing.
-- key: check

with results as (
    select
        "check",
        object,
        blocks,
        bad_rows,
        -- The words above a check, without its keys.
        regexp_replace(
            regexp_extract(query, '^(--[^\n]*\n)+'),
            '(?m)^-- [a-z_]+:[^\n]*\n', '', 'g'
        ) as about,
    from recon_results
    where bad_rows > 0 and "when" in ('after_land', 'before_load')
)

select
    case blocks
        when 'yes' then 'until it is mended'
        when 'decide' then 'until it is decided'
        else 'no'
    end as stops,
    "check",
    nullif(object, '') as object,
    bad_rows as rows_count,
    coalesce(
        clean_text(regexp_replace(about, '\s*(?m)^-- ?', ' ', 'g')),
        'A promise of the load script: ' || replace(
            regexp_extract("check", '__([a-z_]+?)(__|$)', 1), '_', ' '
        )
    ) as description,
from results
order by blocks = 'no', blocks = 'decide', rows_count desc, "check"
