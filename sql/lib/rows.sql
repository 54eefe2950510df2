-- Rows: one name for each source row, and why a row may not go.

-- The id of a row; a second row under one id is told apart by its number.
create or replace macro row_source_id(id, occurrence) as
    case when occurrence = 1 then id else id || '#' || occurrence end;

-- null for the newest row of an id; else `copy` or `conflict`.
create or replace macro duplicate_kind(occurrence, is_copy) as
    case
        when occurrence = 1 then null
        when is_copy then 'copy'
        else 'conflict'
    end;

create or replace macro row_skip_reason(duplicate, is_deleted) as
    case
        when duplicate = 'copy' then 'duplicate_id'
        when duplicate is null and is_deleted then 'deleted_at_source'
    end;

create or replace macro row_queue_reason(duplicate) as
    case when duplicate = 'conflict' then 'conflicting_id' end;

-- By what a record names its owner: the id wins, then e-mail, then name.
create or replace macro owner_key(id, email, name) as
    coalesce(
        'id:' || id,
        'email:' || lower(email),
        'name:' || match_key(name)
    );

-- Why a record with this parent may not go; null when it may.
create or replace macro parent_reason(parent, link_reason, destination_id) as
    case
        when link_reason is not null then link_reason
        when parent is not null and destination_id is null
            then 'parent_not_loaded'
    end;

-- Why a record with this owner may not go; null when it may.
create or replace macro owner_reason(owner, reason, destination_id) as
    case
        when reason is not null then reason
        when owner is not null and destination_id is null
            then 'owner_undecided'
    end;

-- By what a deal names its stage: the id wins, then pipeline and name.
create or replace macro stage_key(id, pipeline_id, pipeline, stage) as
    coalesce(
        'id:' || id,
        'name:' || coalesce(pipeline_id, match_key(pipeline), '')
        || '/' || match_key(stage)
    );

-- Whether mail to this person is forbidden. Said outright, or a date of
-- opting out, or a no to mail where others say yes, or a word nobody can read:
-- each means yes.
create or replace macro is_opted_out(answer, opted_out_at, opted_in) as
    case
        when not is_no_value(opted_out_at) then true
        when coalesce(parse_boolean(answer), not is_no_value(answer)) then true
        when not is_no_value(opted_in)
            then not coalesce(parse_boolean(opted_in), false)
        when not is_no_value(answer) then false
    end;

-- The name under which a person known by name only is kept.
create or replace macro derived_contact_id(full_name, company) as
    'derived:' || left(
        sha256(match_key(full_name) || '|' || coalesce(company, '')), 16
    );

-- A row that is skipped waits for nobody.
create or replace macro unless_skipped(queue_reason, skip_reason) as
    case when skip_reason is null then queue_reason end;
