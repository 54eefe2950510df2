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

-- The answer that counts: the column's own, else what is said of all columns,
-- if the votes decide nothing. `-` leaves the cells in question as they are.
create or replace macro answer_of(votes, is_decided, answer) as
    list_filter(
        [
            answer,
            case when not is_decided then said_of_all(votes.topic) end
        ],
        lambda said: said = '-' or list_contains(
            list_transform(votes.votes, lambda vote: vote.word), said
        )
    )[1];

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
        'is_decided': count.is_decided,
        'answer': answer_of(votes, count.is_decided, answer)
    }), lambda count: {
        'scope': scope,
        'topic': votes.topic,
        'choice': coalesce(count.answer, count.first.word),
        'others': list_filter(
            list_transform(votes.votes, lambda vote: vote.word) || ['-'],
            lambda known: known <> coalesce(count.answer, count.first.word)
        ),
        'evidence_for': count.first.for,
        'evidence_against': count.first.against,
        'evidence': 'cells that show it; ' || votes.open::varchar
            || ' depend on it',
        'decided_by': case
            when count.answer is not null then 'person'
            when count.is_decided then 'rule'
            else 'pending'
        end,
        'read_as': coalesce(
            nullif(count.answer, '-'),
            case
                when count.answer is null and count.is_decided
                    then count.first.word
            end
        )
    })[1];
