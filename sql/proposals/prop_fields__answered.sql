-- The map rows that would say what each column becomes: one of map_fields, or
-- one of map_headers a file. None where a file or header cannot be named there.
-- key: object, source_column

with files as (
    select
        object,
        path,
        parse_filename(path) as name,
        regexp_replace(parse_filename(path), '\.[^.]*$', '') as stem,
    from landed_files
),

-- The first name of a file that has rows in map_headers hides all others.
addressed as (
    select
        files.object,
        files.path,
        coalesce(
            min(maps.file) filter (where lower(maps.file) = lower(files.path)),
            min(maps.file) filter (where lower(maps.file) = lower(files.name)),
            min(maps.file) filter (where lower(maps.file) = lower(files.stem)),
            files.path
        ) as file,
        bool_or(starts_with(lower(files.stem), lower(maps.file))
            and lower(files.stem) <> lower(maps.file)) as is_hidden,
    from files
    left join map_headers as maps on files.object = maps.object
    group by files.object, files.path, files.name, files.stem
),

headers as (
    select
        destined.object,
        destined.source_column,
        list(distinct map {
            'file': addressed.file,
            'object': destined.object,
            'header': destined.source_column,
            'column': destined.column_name
        }) as rows,
        coalesce(bool_or(addressed.is_hidden), false) as is_hidden,
    from prop_fields__destined as destined
    inner join addressed on destined.object = addressed.object
    where destined.way = 'map_headers' and destined.decided is null
        and not destined.is_to_create
        and not contains(destined.source_column, '__')
    group by destined.object, destined.source_column
)

select
    destined.object,
    destined.source_column,
    case
        when headers.object is not null then 'map_headers'
        when destined.is_to_create or destined.way = 'map_fields'
            then 'map_fields'
    end as map,
    case
        when headers.object is not null then headers.rows
        when destined.is_to_create or destined.way = 'map_fields'
            then [map {
                'object': destined.object,
                'source_column': destined.source_column,
                'destination_field': destined.destination_field,
                'type': map_type_of(
                    kind_of_field(destined.destination_type)
                ),
                'transform': case
                    when destined.declared_type = 'rich_text' then 'html'
                    else ''
                end
            }]
    end as answers,
from prop_fields__destined as destined
left join headers
    on destined.object = headers.object
    and destined.source_column = headers.source_column
    and not headers.is_hidden
where destined.decided is null and destined.destination_field is not null
