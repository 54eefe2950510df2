-- Proposals: when one is sure enough. Chosen by measurement: README.md has the
-- numbers.

-- Below this nothing is taken without a person.
create or replace macro proposal_threshold() as 0.8;

-- A runner-up this near makes it ambiguous.
create or replace macro proposal_margin() as 0.06;

-- Below this a destination is not even a guess.
create or replace macro proposal_floor() as 0.6;

-- How sure a field is: by its name, by how well the values fit its type, and by
-- how many of them are options there (null: it has none). A namesake is called
-- there as the column is here, letter by letter.
create or replace macro field_confidence(
    likeness, fit, overlap, is_namesake
) as
    case
        when is_namesake and coalesce(overlap, fit) >= 0.3
            then 0.9 + 0.1 * coalesce(overlap, fit)
        when overlap > 0.5 then 1 - (1 - likeness * 0.97) * (1 - 0.8 * overlap)
        when overlap is not null then likeness * (0.6 + 0.5 * overlap)
        else likeness * (0.5 + 0.5 * fit)
    end;

-- Whether a column says who may be written to or called.
create or replace macro is_consent(column_name) as
    regexp_matches(
        coalesce(column_name, ''), '_opt_(in|out)|^do_not_|^consent_'
    );

-- How the standing of a proposal is called.
create or replace macro proposal_status(confidence, runner_up, is_plain) as
    case
        when coalesce(confidence, 0) < proposal_threshold() then 'none'
        when runner_up >= confidence - proposal_margin() then 'ambiguous'
        when is_plain then 'certain'
        else 'proposed'
    end;
