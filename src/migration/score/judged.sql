-- What became of each defect. `wrong`: cells that are understood otherwise than without defects; `news`: what is said
-- of this export and not of the clean one.
create table wrong as
select distinct object, split_part(source_id, '#', 1) as record_id, column_name, value, clean_value,
from (
    select
        coalesce(clean.object, found.object) as object,
        coalesce(clean.source_id, found.source_id) as source_id,
        coalesce(clean.column_name, found.column_name) as column_name,
        found.value,
        clean.value as clean_value,
    from read_parquet(@clean_cells) as clean
    full join read_parquet(@cells) as found
        on clean.relation = found.relation
        and clean.source_id = found.source_id
        and clean.column_name = found.column_name
    where clean.value is distinct from found.value
);

-- A character that the encoding of a file does not have was lost before the export was made; nothing in it tells.
delete from wrong
where exists (
    select 1 from read_parquet(@defects) as lost
    where lost.finding = 'character_lost' and lost.object = wrong.object and lost.record_id = wrong.record_id
);

-- A column that the clean export leaves empty adds something; it cannot be read otherwise than there.
delete from wrong
where not exists (
    select 1 from read_parquet(@clean_cells) as clean
    where clean.object = wrong.object and clean.column_name = wrong.column_name and clean.value <> 'null'
);

create table news as
select * from read_parquet(@said)
except
select * from read_parquet(@clean_said);

-- What became of other records of a file, and is said of each by itself, is not the file's.
create table unsaid as
select object, record_id,
from wrong
where not exists (select 1 from news where contains(news.text, wrong.record_id))
group by all;

create table planted as
select
    *,
    coalesce(object, '') || coalesce('.' || column_name, '') as place,
    -- A reference is judged by what it was found to mean.
    case
        when column_name in ('parent_company_id', 'parent_company_name', 'parent_id', 'parent_name')
            then 'parent_source_id'
        when column_name = 'member_id' then 'person_source_id'
        when column_name = 'stored_path' then 'file_sha256'
        when regexp_matches(column_name, '_(id|name|email|type)$')
            then regexp_replace(replace(column_name, 'primary_', ''), '_(id|name|email|type)$', '_source_id')
    end as link,
from read_parquet(@defects)
-- Those lie beside the export and are landed by themselves.
where not starts_with(file, 'refused/') and finding <> 'character_lost';

-- A raw column that is staged under its own name is judged by that; another one by all that have no raw column's name.
create table columns as
select object, column_name,
from read_parquet(@clean_cells)
group by all;

create table seen as
select
    planted.*,
    exists (
        select 1 from wrong
        where wrong.object = planted.object
            and case
                when planted.record_id is null then (wrong.object, wrong.record_id) in (from unsaid)
                else wrong.record_id = planted.record_id
            end
            and case
                when exists (
                    select 1 from columns
                    where columns.object = planted.object and columns.column_name = planted.link
                ) then wrong.column_name = planted.link
                else planted.column_name is null
                or wrong.column_name = planted.column_name
                or (
                    not exists (
                        select 1 from columns
                        where columns.object = planted.object and columns.column_name = planted.column_name
                    )
                    and not exists (
                        select 1 from planted as other
                        where other.object = planted.object and other.column_name = wrong.column_name
                    )
                )
            end
    ) as is_wrong,
    exists (
        select 1 from wrong
        where wrong.object = planted.object
            -- What was changed may be the record's own id.
            and wrong.record_id in (planted.record_id, planted.dirty_value)
            and coalesce(nullif(wrong.value, 'null'), '""') = to_json(planted.dirty_value)::varchar
    ) as is_kept,
    exists (
        select 1 from news
        where news.kind = 'quarantined' and news.object = planted.object
            and (
                planted.record_id is null
                or contains(news.text, planted.record_id)
                or (news.line = planted.line and contains(news.file, parse_filename(planted.file)))
            )
    ) as is_quarantined,
    exists (
        select 1 from news
        where news.kind = 'asked' and coalesce(news.object, planted.object) = planted.object
            -- A file that was not landed is of no object.
            and (news.object is not null or news.file is null or news.file = planted.file)
            and (news.column_name is null or news.column_name is not distinct from planted.column_name)
    ) as is_asked,
    exists (
        select 1 from news
        where news.kind = 'reported'
            and (
                contains(news.text, '"' || coalesce(planted.record_id, planted.object) || '"')
                or contains(news.text, '"' || planted.dirty_value || '"')
                or (planted.record_id is null and contains(news.text, '"' || planted.file || '"'))
                or contains(
                    news.text, '"object":"' || planted.object || '","whole_column":"' || planted.column_name || '"'
                )
            )
    ) as is_reported,
    exists (
        select 1 from read_parquet(@interpreted) as interpreted
        where interpreted.object = planted.object
            and (planted.column_name is null or interpreted.column_name = planted.column_name)
    ) as is_interpreted,
from planted;

create table judged as
select
    *,
    case
        when is_quarantined and (is_wrong or expected = 'quarantined') then 'quarantined'
        when is_asked and (is_wrong or expected = 'asked') then 'asked'
        when is_reported and (is_wrong or expected in ('asked', 'reported')) then 'reported'
        when not is_interpreted or (expected = 'kept' and is_kept) then 'kept'
        when is_wrong then 'silent'
        when expected = 'asked' then 'guessed'
        -- Nothing is left to say of a cell that is understood although it was changed.
        when expected = 'reported' and coalesce(clean_value = dirty_value, true) then 'unsaid'
        else 'recovered'
    end as outcome,
from seen;

create table verdicts as
select expected, outcome, finding, place, count(*)::bigint as defects,
from judged
group by all
order by all;

create table beside as
select
    (
        select count(*) from unsaid
        -- What the export says of its other files follows from them.
        where unsaid.object <> 'schema_object'
        -- A link follows the record that it leads to: what is said of that one, is said of it.
        and exists (
            select 1 from wrong
            where wrong.object = unsaid.object and wrong.record_id = unsaid.record_id
                and not (
                    ends_with(wrong.column_name, '_source_id')
                    and exists (
                        select 1 from judged
                        where judged.outcome not in ('guessed', 'unsaid', 'silent')
                            and (
                                wrong.value = to_json(judged.record_id)::varchar
                                or wrong.clean_value = to_json(judged.record_id)::varchar
                            )
                    )
                )
        )
        and not exists (
            select 1 from planted
            where planted.object = unsaid.object
                and (
                    planted.record_id is null
                    or unsaid.record_id in (planted.record_id, planted.dirty_value)
                )
        )
        and not exists (
            select 1 from news
            where news.kind = 'asked' and coalesce(news.object, unsaid.object) = unsaid.object
        )
    )::bigint as stray,
    (
        select count(*) from news
        where news.kind = 'asked'
        and not exists (
            select 1 from planted
            where planted.expected = 'asked'
                and coalesce(news.object, planted.object) = planted.object
                and (news.column_name is null or news.column_name is not distinct from planted.column_name)
        )
    )::bigint as needless
