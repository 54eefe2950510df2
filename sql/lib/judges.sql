-- Judges: what votes come to, and what people say of them.

-- Whether votes decide: no cell waits for them, or nothing speaks against and
-- enough for it: twenty cells, or one for four that fit both.
create or replace macro is_decided(evidence_for, evidence_against, open) as
    open = 0
    or (
        evidence_against = 0
        and evidence_for >= least(20, greatest(1, ceil(open / 4)))
    );

-- The word that most cells show, the first of equals; how many do; and how
-- many cells speak against it.
create or replace macro first_vote(votes) as
    list_transform([list_transform(votes.votes, lambda vote: vote.cells)],
        lambda cells: {
            'word': votes.votes[list_position(cells, list_max(cells))].word,
            'for': list_max(cells)::bigint,
            'against':
                (list_sum(cells) - list_max(cells) + votes.doubt)::bigint
        }
    )[1];

-- What is said of all columns: by deskferry.toml, or by the export itself.
create or replace macro said_of_all(topic) as
    case topic
        when 'date_order' then source_date_order()
        when 'separator' then source_list_separator()
    end;

-- A word that is an answer: one of the votes', or `-`, which leaves the cells
-- in question as they are.
create or replace macro answer_of(votes, said) as
    case
        when said = '-' or list_contains(
            list_transform(votes.votes, lambda vote: vote.word), said
        ) then said
    end;

-- How a column is read and why. `read_as` is null while that is in doubt: cells
-- that could be read in two ways are not read then.
create or replace macro judged(scope, votes, answer) as
    list_transform(list_transform(list_transform(
        [first_vote(votes)],
        lambda first: {
            'first': first,
            'is_decided': is_decided(first.for, first.against, votes.open)
        }
    ), lambda count: {
        'first': count.first,
        'answer': answer_of(votes, answer),
        -- The votes' own word, else what is said of all columns.
        'rule': case
            when count.is_decided then count.first.word
            else answer_of(votes, said_of_all(votes.topic))
        end
    }), lambda count: {
        'scope': scope,
        'topic': votes.topic,
        'choice': coalesce(count.answer, count.rule, count.first.word),
        'others': list_filter(
            list_transform(votes.votes, lambda vote: vote.word) || ['-'],
            lambda known: known <> coalesce(
                count.answer, count.rule, count.first.word
            )
        ),
        'evidence_for': count.first.for,
        'evidence_against': count.first.against,
        'evidence': 'cells that show it; ' || votes.open::varchar
            || ' depend on it',
        'decided_by': case
            when count.answer is not null then 'person'
            when count.rule is not null then 'rule'
            else 'pending'
        end,
        'read_as': nullif(coalesce(count.answer, count.rule), '-')
    })[1];
