//! V78-V80: stages, deals and conversions that contradict themselves.

use super::super::variant::Expected::{Asked, Recovered, Reported};
use super::spelling::{Place, Spelling};

const STAGE_ID: Place = Place::Some("deal", "stage_id");

pub const SPELLINGS: &[Spelling] = &[
    Spelling {
        variant: 78,
        finding: "stage_unknown",
        expected: Asked,
        place: STAGE_ID,
        write: |cell| Some(format!("stg_9{:08}", cell.turn % 4 + 1)),
    },
    Spelling {
        variant: 78,
        finding: "stage_by_name",
        expected: Recovered,
        place: STAGE_ID,
        write: |_| Some(String::new()),
    },
    Spelling {
        variant: 78,
        finding: "stage_renamed",
        expected: Reported,
        place: Place::Some("deal", "stage_name"),
        write: |cell| Some(format!("{} (alt)", cell.clean)),
    },
    Spelling {
        variant: 79,
        finding: "closed_without_date",
        expected: Reported,
        place: Place::Some("deal", "closed_at"),
        write: |_| Some(String::new()),
    },
    Spelling {
        variant: 79,
        finding: "lost_without_reason",
        expected: Reported,
        place: Place::Some("deal", "lost_reason"),
        write: |_| Some(String::new()),
    },
    Spelling {
        variant: 79,
        finding: "closed_before_created",
        expected: Reported,
        place: Place::Some("deal", "closed_at"),
        write: |_| Some("2001-01-01T00:00:00Z".to_owned()),
    },
    Spelling {
        variant: 79,
        finding: "value_negative",
        expected: Reported,
        place: Place::Some("deal", "value_amount"),
        write: |cell| Some(format!("-{}", cell.clean)),
    },
    Spelling {
        variant: 79,
        finding: "open_without_chance",
        expected: Reported,
        place: Place::Some("deal", "probability"),
        write: |cell| (cell.other("status") == "open").then(|| "0".to_owned()),
    },
    Spelling {
        variant: 80,
        finding: "converted_to_nobody",
        expected: Reported,
        place: Place::Some("lead", "converted_contact_id"),
        write: |cell| Some(format!("con_9{:08}", cell.turn + 1)),
    },
    Spelling {
        variant: 80,
        finding: "converted_and_open",
        expected: Reported,
        place: Place::Some("lead", "is_converted"),
        write: |cell| (cell.clean == "true").then(|| "false".to_owned()),
    },
];
