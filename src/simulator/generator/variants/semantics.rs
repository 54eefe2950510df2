//! V78-V80: stages, deals and conversions that contradict themselves.

use super::super::account::nobody;
use super::super::variant::Expected::{Asked, Recovered, Reported};
use super::spelling::{Place, Spelling, spelling};

const STAGE_ID: Place = Place::Some("deal", "stage_id");

pub const SPELLINGS: &[Spelling] = &[
    spelling(78, Asked, "stage_unknown", STAGE_ID, |cell| {
        Some(nobody("stg", cell.turn % 4))
    }),
    spelling(78, Recovered, "stage_by_name", STAGE_ID, |_| {
        Some(String::new())
    }),
    spelling(
        78,
        Reported,
        "stage_renamed",
        Place::Some("deal", "stage_name"),
        |cell| Some(format!("{} (alt)", cell.clean)),
    ),
    spelling(
        79,
        Reported,
        "closed_without_date",
        Place::Some("deal", "closed_at"),
        |_| Some(String::new()),
    ),
    spelling(
        79,
        Reported,
        "lost_without_reason",
        Place::Some("deal", "lost_reason"),
        |_| Some(String::new()),
    ),
    spelling(
        79,
        Reported,
        "closed_before_created",
        Place::Some("deal", "closed_at"),
        |_| Some("2001-01-01T00:00:00Z".to_owned()),
    ),
    spelling(
        79,
        Reported,
        "value_negative",
        Place::Some("deal", "value_amount"),
        |cell| Some(format!("-{}", cell.clean)),
    ),
    spelling(
        79,
        Reported,
        "open_without_chance",
        Place::Some("deal", "probability"),
        |cell| (cell.other("status") == "open").then(|| "0".to_owned()),
    ),
    spelling(
        80,
        Reported,
        "converted_to_nobody",
        Place::Some("lead", "converted_contact_id"),
        |cell| Some(nobody("con", cell.turn)),
    ),
    spelling(
        80,
        Reported,
        "converted_and_open",
        Place::Some("lead", "is_converted"),
        |cell| (cell.clean == "true").then(|| "false".to_owned()),
    ),
];
