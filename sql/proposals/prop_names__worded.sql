-- The words of every name that is compared, each by what it means: the word of
-- a pack, with a `=` before it; all of them where it may mean several, so that
-- it is never wholly like one of them; two that are written as one
-- (`vertragsdatum`); or itself.
-- key: name

with listed as (
    select source_column as name from prop_columns__listed
    union
    select label from prop_columns__listed
    union
    select name from alias_columns
    union
    select name from int_fields__listed
    union
    select label from int_fields__listed
    union
    select choice from prop_choices__offered
    union
    select value from prop_choices__asked
    union
    select name from int_stages__listed
    union
    select name from stg_freshsales__stages
    union
    select name from int_pipelines__matched
    union
    select name from stg_freshsales__pipelines
),

tokens as (
    select name, name_words(name) as tokens,
    from listed
    where length(name) <= 200
),

words as (
    select distinct unnest(tokens) as token from tokens
),

packed as (
    select name, list('=' || word order by word) as meant
    from (
        select name, word from alias_words
        union
        select word, word from alias_words
    )
    group by name
),

-- German and Dutch write two words as one, with an `s` or an `n` between them.
compounds as (
    select
        words.token,
        arg_max(first.meant || last.meant, length(first.name)) as meant,
    from words
    inner join packed as first
        on starts_with(words.token, first.name) and length(first.name) >= 3
    inner join packed as last
        on ends_with(words.token, last.name) and length(last.name) >= 3
    where length(words.token) >= 7
        and length(words.token) >= length(first.name) + length(last.name)
        and substr(
            words.token,
            length(first.name) + 1,
            length(words.token) - length(first.name) - length(last.name)
        ) in ('', 's', 'n', 'e', 'en', 'es')
    group by words.token
),

known as (
    select map(
        list(words.token),
        list(coalesce(packed.meant, compounds.meant, [words.token]))
    ) as meanings,
    from words
    left join packed on words.token = packed.name
    left join compounds on words.token = compounds.token
),

meant as (
    select
        tokens.name,
        list_distinct(flatten(list_transform(
            tokens.tokens, lambda token: known.meanings[token]
        ))) as words,
    from tokens
    cross join known
),

final as (
    select
        name,
        coalesce(
            nullif(
                list_filter(words, lambda word: not is_filler(word)), []
            ),
            words
        ) as words,
    from meant
)

select * from final where len(words) > 0
