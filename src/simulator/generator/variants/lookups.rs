//! V31, V33-V35, V38-V42: ids that are numbers, and links by something else than an id, or to nothing.

use super::super::records;
use super::super::variant::Expected::{self, Asked, Kept, Recovered, Reported};
use super::spelling::{Cell, Place, Spelling, number};

const fn whole(
    variant: u8,
    (object, column): (&'static str, &'static str),
    expected: Expected,
    finding: &'static str,
    write: fn(&Cell) -> Option<String>,
) -> Spelling {
    Spelling {
        variant,
        finding,
        expected,
        place: Place::Whole(object, column),
        write,
    }
}

const fn some(
    variant: u8,
    (object, column): (&'static str, &'static str),
    expected: Expected,
    finding: &'static str,
    write: fn(&Cell) -> Option<String>,
) -> Spelling {
    Spelling {
        variant,
        finding,
        expected,
        place: Place::Some(object, column),
        write,
    }
}

pub const SPELLINGS: &[Spelling] = &[
    whole(31, ("campaign", "id"), Kept, "id_zeros", |cell| {
        Some(format!("{:05}", cell.number("cam")?))
    }),
    whole(31, ("deal", "campaign_id"), Kept, "id_zeros", |cell| {
        Some(format!("{:05}", cell.number("cam")?))
    }),
    whole(
        31,
        ("campaign_member", "campaign_id"),
        Kept,
        "id_zeros",
        |cell| Some(format!("{:05}", cell.number("cam")?)),
    ),
    whole(31, ("tag", "id"), Kept, "id_long", |cell| {
        Some(format!("536{:016}", cell.number("tag")?))
    }),
    whole(31, ("record_tag", "tag_id"), Kept, "id_long", |cell| {
        Some(format!("536{:016}", cell.number("tag")?))
    }),
    whole(31, ("ticket", "id"), Kept, "id_decimal", |cell| {
        Some(format!("{}.0", cell.number("tkt")?))
    }),
    whole(
        31,
        ("ticket_message", "ticket_id"),
        Kept,
        "id_decimal",
        |cell| Some(format!("{}.0", cell.number("tkt")?)),
    ),
    whole(
        33,
        ("deal_contact", "contact_id"),
        Asked,
        "prefix_missing",
        |cell| Some(format!("{:09}", cell.number("con")?)),
    ),
    whole(33, ("record_tag", "record_id"), Asked, "id_case", |cell| {
        Some(cell.clean.to_uppercase())
    }),
    whole(34, ("company", "name"), Asked, "name_shared", shared_name),
    some(
        34,
        ("contact", "company_id"),
        Asked,
        "lookup_ambiguous",
        |cell| (cell.number("com")? == 1).then(String::new),
    ),
    some(
        34,
        ("contact", "company_id"),
        Recovered,
        "lookup_by_name",
        |cell| (cell.number("com")? > 4).then(String::new),
    ),
    whole(
        35,
        ("deal", "primary_contact_id"),
        Recovered,
        "lookup_by_email",
        |cell| records::email(cell.account, cell.number("con")?),
    ),
    whole(
        35,
        ("lead", "converted_contact_id"),
        Recovered,
        "lookup_by_last_first",
        last_first,
    ),
    whole(
        35,
        ("deal", "company_id"),
        Recovered,
        "lookup_by_address",
        |cell| {
            Some(format!(
                "https://acme.smartdesk.example/companies/{}",
                cell.clean
            ))
        },
    ),
    whole(
        35,
        ("contact", "company_id"),
        Recovered,
        "lookup_by_name_and_id",
        |cell| Some(format!("{} ({})", cell.other("company_name"), cell.clean)),
    ),
    whole(
        35,
        ("task", "assignee_id"),
        Recovered,
        "lookup_by_email",
        |cell| Some(cell.other("assignee_email").to_owned()),
    ),
    some(38, ("contact", "company_id"), Reported, "orphan", |cell| {
        Some(format!("com_9{:08}", cell.turn + 1))
    }),
    some(38, ("task", "parent_id"), Reported, "orphan", |cell| {
        Some(format!("{}_9{:08}", cell.clean.get(..3)?, cell.turn + 1))
    }),
    some(
        38,
        ("deal", "primary_contact_id"),
        Reported,
        "orphan",
        |cell| Some(format!("con_9{:08}", cell.turn + 1)),
    ),
    some(
        39,
        ("company", "parent_company_id"),
        Reported,
        "cycle",
        |cell| Some(cell.other("id").to_owned()),
    ),
    Spelling {
        variant: 39,
        finding: "cycle",
        expected: Reported,
        place: Place::Fill("company", "parent_company_id"),
        write: circle,
    },
    some(
        40,
        ("contact", "owner_id"),
        Asked,
        "owner_unknown",
        |cell| Some(format!("usr_9{:08}", cell.turn % 3 + 1)),
    ),
    some(
        40,
        ("company", "owner_id"),
        Asked,
        "owner_by_name",
        owner_name,
    ),
    some(40, ("deal", "owner_id"), Asked, "owner_blank", |_| {
        Some(String::new())
    }),
    some(40, ("lead", "owner_id"), Asked, "owner_mailbox", |_| {
        Some("sales@acme.example".to_owned())
    }),
    some(
        41,
        ("deal", "primary_contact_id"),
        Recovered,
        "several_in_one",
        several,
    ),
    some(
        41,
        ("contact", "cf_referrer"),
        Recovered,
        "several_in_one",
        several,
    ),
    some(
        42,
        ("task", "parent_type"),
        Recovered,
        "parent_type_missing",
        |_| Some(String::new()),
    ),
    some(
        42,
        ("activity", "parent_type"),
        Recovered,
        "parent_type_missing",
        |_| Some(String::new()),
    ),
];

/// Companies 2 and 3 are called like the first.
fn shared_name(cell: &Cell) -> Option<String> {
    let index = cell.number_of_row("com")?;
    matches!(index, 2 | 3).then(|| records::company_name(cell.account, 1))
}

fn last_first(cell: &Cell) -> Option<String> {
    let person = cell.account.person("contact", cell.number("con")?);
    (!person.given.is_empty()).then(|| format!("{}, {}", person.family, person.given))
}

/// The first company gets the second as parent, and the second the first.
fn circle(cell: &Cell) -> Option<String> {
    match cell.number_of_row("com")? {
        1 => Some("com_000000002".to_owned()),
        2 => Some("com_000000001".to_owned()),
        _ => None,
    }
}

fn owner_name(cell: &Cell) -> Option<String> {
    let owner = cell
        .account
        .users
        .iter()
        .find(|user| user.id == cell.clean)?;
    Some(owner.name())
}

/// Two contacts in one cell.
fn several(cell: &Cell) -> Option<String> {
    let other = number(cell.clean, "con")?
        .checked_sub(1)
        .filter(|other| *other > 0)?;
    Some(format!("{};con_{other:09}", cell.clean))
}
