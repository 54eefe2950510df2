-- Shares: percentages that are written as parts of a hundred, or of one.

-- How a share is written: `15` is whole, `0.15` a fraction; `1` may be both.
-- Null where nothing depends on it: `15 %`, `0`.
create or replace macro share_shown(text) as
    list_transform([parse_amount(text, null)], lambda share: case
        when contains(text, '%') or share = 0 then null
        when share > 1 then 'whole'
        when share > 0 and share < 1 then 'fraction'
        when share = 1 then 'open'
    end)[1];

-- A share in percent. What is above one is whole whatever the column says.
create or replace macro parse_share(text, share) as
    case
        when coalesce(share_shown(text), 'whole') = 'whole'
            or share = 'whole' then parse_amount(text, null)
        when share = 'fraction' then parse_amount(text, null) * 100
    end;

-- The votes of a column of shares, as an aggregate like the others.
create or replace macro share_votes(column_name, text) as
    {
        'column_name': column_name,
        'topic': 'share',
        'votes': [
            votes_for('whole', share_shown(text)),
            votes_for('fraction', share_shown(text))
        ],
        -- Every cell up to one depends on the others.
        'open': count_if(share_shown(text) in ['open', 'fraction']),
        'doubt': 0,
        'without_zone': 0
    };
