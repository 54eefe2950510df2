//! V31, V33-V35, V38-V42, V83: ids that are numbers, and links by something else than an id, or to nothing.

use super::super::account::{id, nobody, number};
use super::super::records;
use super::super::variant::Expected::{Asked, Kept, Recovered, Reported};
use super::spelling::{Cell, Place, Spelling, spelling};

pub const SPELLINGS: &[Spelling] = &[
    spelling(
        31,
        Kept,
        "id_zeros",
        Place::Whole("campaign", "id"),
        |cell| Some(format!("{:05}", cell.number("cam")?)),
    ),
    spelling(
        31,
        Kept,
        "id_zeros",
        Place::Whole("deal", "campaign_id"),
        |cell| Some(format!("{:05}", cell.number("cam")?)),
    ),
    spelling(
        31,
        Kept,
        "id_zeros",
        Place::Whole("campaign_member", "campaign_id"),
        |cell| Some(format!("{:05}", cell.number("cam")?)),
    ),
    spelling(31, Kept, "id_long", Place::Whole("tag", "id"), |cell| {
        Some(format!("536{:016}", cell.number("tag")?))
    }),
    spelling(
        31,
        Kept,
        "id_long",
        Place::Whole("record_tag", "tag_id"),
        |cell| Some(format!("536{:016}", cell.number("tag")?)),
    ),
    spelling(
        31,
        Kept,
        "id_decimal",
        Place::Whole("ticket", "id"),
        |cell| Some(format!("{}.0", cell.number("tkt")?)),
    ),
    spelling(
        31,
        Kept,
        "id_decimal",
        Place::Whole("ticket_message", "ticket_id"),
        |cell| Some(format!("{}.0", cell.number("tkt")?)),
    ),
    spelling(
        33,
        Asked,
        "prefix_missing",
        Place::Whole("deal_contact", "contact_id"),
        |cell| Some(format!("{:09}", cell.number("con")?)),
    ),
    spelling(
        33,
        Asked,
        "id_case",
        Place::Whole("record_tag", "record_id"),
        |cell| Some(cell.clean.to_uppercase()),
    ),
    spelling(
        34,
        Asked,
        "name_shared",
        Place::Whole("company", "name"),
        shared_name,
    ),
    spelling(
        34,
        Asked,
        "lookup_ambiguous",
        Place::Each("contact", "company_id"),
        ambiguous,
    ),
    spelling(
        34,
        Recovered,
        "lookup_by_name",
        Place::Some("contact", "company_id"),
        |cell| (cell.number("com")? > 4).then(String::new),
    ),
    spelling(
        35,
        Recovered,
        "lookup_by_email",
        Place::Whole("deal", "primary_contact_id"),
        |cell| records::email(cell.account, cell.number("con")?),
    ),
    spelling(
        35,
        Recovered,
        "lookup_by_last_first",
        Place::Whole("lead", "converted_contact_id"),
        last_first,
    ),
    spelling(
        35,
        Recovered,
        "lookup_by_address",
        Place::Whole("deal", "company_id"),
        |cell| {
            Some(format!(
                "https://acme.smartdesk.example/companies/{}",
                cell.clean
            ))
        },
    ),
    spelling(
        35,
        Recovered,
        "lookup_by_name_and_id",
        Place::Whole("contact", "company_id"),
        |cell| Some(format!("{} ({})", cell.other("company_name"), cell.clean)),
    ),
    spelling(
        35,
        Recovered,
        "lookup_by_email",
        Place::Whole("task", "assignee_id"),
        |cell| Some(cell.other("assignee_email").to_owned()),
    ),
    spelling(
        38,
        Reported,
        "orphan",
        Place::Some("contact", "company_id"),
        |cell| Some(nobody("com", cell.turn)),
    ),
    spelling(
        38,
        Reported,
        "orphan",
        Place::Some("task", "parent_id"),
        |cell| Some(nobody(cell.clean.get(..3)?, cell.turn)),
    ),
    spelling(
        38,
        Reported,
        "orphan",
        Place::Some("deal", "primary_contact_id"),
        |cell| Some(nobody("con", cell.turn)),
    ),
    spelling(
        39,
        Reported,
        "cycle",
        Place::Some("company", "parent_company_id"),
        |cell| Some(cell.other("id").to_owned()),
    ),
    spelling(
        39,
        Reported,
        "cycle",
        Place::Each("company", "parent_company_id"),
        circle,
    ),
    spelling(
        40,
        Asked,
        "owner_unknown",
        Place::Some("contact", "owner_id"),
        |cell| Some(nobody("usr", cell.turn % 3)),
    ),
    spelling(
        40,
        Asked,
        "owner_by_name",
        Place::Some("company", "owner_id"),
        owner_name,
    ),
    spelling(
        40,
        Asked,
        "owner_blank",
        Place::Some("deal", "owner_id"),
        |_| Some(String::new()),
    )
    .emptying("owner_email"),
    spelling(
        40,
        Asked,
        "owner_mailbox",
        Place::Some("lead", "owner_id"),
        |_| Some("sales@acme.example".to_owned()),
    ),
    spelling(
        41,
        Recovered,
        "several_in_one",
        Place::Some("deal", "primary_contact_id"),
        several,
    ),
    spelling(
        41,
        // A text of the customer's own.
        Kept,
        "several_in_one",
        Place::Some("contact", "cf_referrer"),
        several,
    ),
    spelling(
        42,
        Recovered,
        "parent_type_missing",
        Place::Some("task", "parent_type"),
        |_| Some(String::new()),
    ),
    spelling(
        42,
        Recovered,
        "parent_type_missing",
        Place::Some("activity", "parent_type"),
        |_| Some(String::new()),
    ),
    spelling(
        83,
        Asked,
        "id_now_without_prefix",
        Place::Whole("task", "id"),
        |cell| Some(format!("{:09}", cell.number("tsk")?)),
    ),
];

/// Companies 2 and 3 are called like the first.
fn shared_name(cell: &Cell) -> Option<String> {
    let index = cell.number_of_row("com")?;
    matches!(index, 2 | 3).then(|| records::company_name(cell.account, 1))
}

/// Known by its name only, which three companies have; whoever has an address there is known by that.
fn ambiguous(cell: &Cell) -> Option<String> {
    let (_, domain) = cell.other("email").rsplit_once('@').unwrap_or_default();
    let mut sharing = 1..=3;
    let is_told = sharing.any(|company| records::domain(company) == domain);
    (cell.number("com")? == 1 && !is_told).then(String::new)
}

/// Only of people whose name nobody else has.
fn last_first(cell: &Cell) -> Option<String> {
    let person = cell.account.person("contact", cell.number("con")?);
    let is_clear = !person.given.is_empty() && cell.account.namesakes(&person) == 1;
    is_clear.then(|| format!("{}, {}", person.family, person.given))
}

/// The first company gets the second as parent, and the second the first.
fn circle(cell: &Cell) -> Option<String> {
    match cell.number_of_row("com")? {
        1 => Some(id("com", 2)),
        2 => Some(id("com", 1)),
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
    Some(format!("{};{}", cell.clean, id("con", other)))
}
