-- Each column that goes nowhere yet against all that it may become: how alike
-- the names are, and how well the values fit.
-- key: object, source_column, offer

with own_words as (
    select names.object, list(distinct names.name) as words,
    from alias_objects as names
    group by names.object
),

asked as (
    select
        listed.object,
        listed.source_column,
        listed.is_canonical or listed.is_named as is_called_right,
        unnest(list_distinct([listed.source_column, listed.label])) as name,
    from prop_columns__listed as listed
    where listed.carried_to is null and listed.mapped_to is null
        and not listed.is_computed and not listed.is_file
),

asked_words as (
    select
        asked.object,
        asked.source_column,
        asked.is_called_right,
        asked.name,
        coalesce(
            nullif(
                list_filter(
                    named.words,
                    lambda word: not list_contains(
                        own_words.words, ltrim(word, '=')
                    )
                ),
                []
            ),
            named.words
        ) as words,
    from asked
    inner join prop_names__worded as named on asked.name = named.name
    left join own_words on asked.object = own_words.object
),

offered as (
    select offers.object, offers.offer, offers.way, names.name,
    from prop_fields__offered as offers
    inner join alias_columns as names
        on offers.object = names.object
        and offers.column_name = names.column_name
    union
    select object, offer, way, label from prop_fields__offered
    where way <> 'map_headers'
    union
    select object, offer, way, destination_field
    from prop_fields__offered
    where way <> 'map_headers'
),

named as (
    select
        asked.object,
        asked.source_column,
        offered.offer,
        asked.name as source_name,
        offered.name as offered_name,
        name_likeness(asked.words, named.words) as likeness,
    from asked_words as asked
    inner join offered
        on asked.object = offered.object
        -- A column of the layout, or one that people named, lacks a field only.
        and (not asked.is_called_right or offered.way = 'map_fields')
    inner join prop_names__worded as named on offered.name = named.name
),

best as (
    select
        object,
        source_column,
        offer,
        max(likeness) as likeness,
        first(source_name order by likeness desc, source_name, offered_name)
            as source_name,
        first(offered_name order by likeness desc, source_name, offered_name)
            as offered_name,
    from named
    group by object, source_column, offer
)

select * from best
