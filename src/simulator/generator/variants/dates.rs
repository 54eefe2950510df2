//! V43-V47: dates and times.
//!
//! Columns of their own carry one spelling each, so that a reader can decide by the column; `deal.cf_go_live_on` holds
//! only what can be read in two ways.

use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

use super::super::tables::Kind::{self, Instant};
use super::super::variant::Expected::{Asked, Recovered, Reported};
use super::spelling::{Cell, Place, Spelling};

const DATES: Place = Place::Kinds(&[Kind::Date]);
const INSTANTS: Place = Place::Kinds(&[Instant]);
const EMPTY_DATES: Place = Place::Blank(&[Kind::Date, Instant]);
const EMPTY: Place = Place::Blank(&[Kind::Text, Kind::Name, Kind::Phone, Kind::Tags, Kind::Money]);

const fn whole(
    variant: u8,
    object: &'static str,
    column: &'static str,
    finding: &'static str,
    write: fn(&Cell) -> Option<String>,
) -> Spelling {
    Spelling {
        variant,
        finding,
        expected: Recovered,
        place: Place::Whole(object, column),
        write,
    }
}

pub const SPELLINGS: &[Spelling] = &[
    whole(43, "contact", "birthday", "date_dmy", |cell| {
        day(cell, "%d/%m/%Y")
    }),
    whole(43, "deal", "expected_close_date", "date_mdy", |cell| {
        day(cell, "%m/%d/%Y")
    }),
    whole(43, "campaign", "start_date", "date_dotted", |cell| {
        day(cell, "%-d.%-m.%y")
    }),
    whole(43, "contact", "cf_renewal_date", "date_named", |cell| {
        day(cell, "%b %-d, %Y")
    }),
    whole(43, "company", "cf_founded_on", "date_compact", |cell| {
        day(cell, "%Y%m%d")
    }),
    whole(43, "lead", "cf_follow_up_on", "date_serial", |cell| {
        serial(cell.clean)
    }),
    whole(43, "deal", "cf_signed_on", "date_slashed", |cell| {
        day(cell, "%Y/%m/%d")
    }),
    whole(43, "contact", "last_activity_at", "epoch_seconds", |cell| {
        Some(instant(cell)?.as_second().to_string())
    }),
    whole(43, "task", "due_at", "epoch_milliseconds", |cell| {
        Some(instant(cell)?.as_millisecond().to_string())
    }),
    whole(43, "lead", "converted_at", "date_minutes", |cell| {
        local(cell, "%Y-%m-%d %H:%M")
    }),
    Spelling {
        variant: 43,
        finding: "date_ambiguous",
        expected: Asked,
        place: Place::Whole("deal", "cf_go_live_on"),
        write: ambiguous,
    },
    Spelling {
        variant: 43,
        finding: "date_slashed",
        expected: Recovered,
        place: DATES,
        write: |cell| day(cell, "%Y/%m/%d"),
    },
    Spelling {
        variant: 43,
        finding: "date_named",
        expected: Recovered,
        place: DATES,
        write: |cell| day(cell, "%b %-d, %Y"),
    },
    Spelling {
        variant: 43,
        finding: "date_dotted",
        expected: Recovered,
        place: DATES,
        write: |cell| day(cell, "%-d.%-m.%Y"),
    },
    whole(44, "deal", "cf_renewal_on", "month_german", |cell| {
        month(cell, GERMAN, ". ")
    }),
    whole(44, "contact", "cf_signed_up_on", "month_french", |cell| {
        month(cell, FRENCH, " ")
    }),
    Spelling {
        variant: 44,
        finding: "month_portuguese",
        expected: Recovered,
        place: DATES,
        write: |cell| month(cell, PORTUGUESE, " de "),
    },
    Spelling {
        variant: 44,
        finding: "month_spanish",
        expected: Recovered,
        place: DATES,
        write: |cell| month(cell, SPANISH, " "),
    },
    Spelling {
        variant: 44,
        finding: "year_missing",
        expected: Reported,
        place: DATES,
        write: |cell| Some(month(cell, GERMAN, ". ")?.rsplit_once(' ')?.0.to_owned()),
    },
    whole(45, "activity", "started_at", "no_offset", |cell| {
        unless_doubtful(cell)
    }),
    Spelling {
        variant: 45,
        finding: "clock_change",
        expected: Reported,
        place: INSTANTS,
        write: doubtful,
    },
    whole(
        46,
        "company",
        "cf_contract_date",
        "day_as_midnight",
        |cell| Some(format!("{}T00:00:00Z", cell.clean)),
    ),
    Spelling {
        variant: 46,
        finding: "day_as_midnight",
        expected: Recovered,
        place: DATES,
        write: |cell| Some(format!("{}T00:00Z", cell.clean)),
    },
    Spelling {
        variant: 46,
        finding: "day_as_midnight",
        expected: Recovered,
        place: DATES,
        write: |cell| Some(format!("{} 00:00:00", cell.clean)),
    },
    Spelling {
        variant: 47,
        finding: "null_date",
        expected: Recovered,
        place: EMPTY_DATES,
        write: |cell| {
            Some(
                cell.one_of(&["0000-00-00", "1900-01-00", "9999-12-31"])
                    .to_owned(),
            )
        },
    },
    Spelling {
        variant: 47,
        finding: "null_word",
        expected: Recovered,
        place: EMPTY_DATES,
        write: |cell| Some(cell.one_of(&["-", "#N/A", "null"]).to_owned()),
    },
    Spelling {
        variant: 47,
        finding: "null_word",
        expected: Recovered,
        place: EMPTY,
        write: |cell| Some(cell.one_of(NULLS).to_owned()),
    },
];

const NULLS: &[&str] = &[
    "N/A", "-", "null", "NULL", "#N/A", "None", "(blank)", "  ", "\u{a0}",
];

fn date(cell: &Cell) -> Option<Date> {
    cell.clean.parse().ok()
}

fn instant(cell: &Cell) -> Option<Timestamp> {
    cell.clean.parse().ok()
}

fn day(cell: &Cell, form: &str) -> Option<String> {
    Some(date(cell)?.strftime(form).to_string())
}

/// Days since the last one of 1899, as spreadsheets count.
fn serial(clean: &str) -> Option<String> {
    let day: Date = clean.parse().ok()?;
    let zero = Date::new(1899, 12, 30).ok()?;
    let days = day.since((jiff::Unit::Day, zero)).ok()?.get_days();
    Some(days.to_string())
}

/// Only days that are also a month, and another one.
fn ambiguous(cell: &Cell) -> Option<String> {
    let date = date(cell)?;
    (date.day() <= 12 && date.day() != date.month()).then(|| date.strftime("%d/%m/%Y").to_string())
}

/// The instant on clocks in Berlin.
fn berlin(cell: &Cell) -> Option<Zoned> {
    instant(cell)?.in_tz("Europe/Berlin").ok()
}

fn local(cell: &Cell, form: &str) -> Option<String> {
    Some(berlin(cell)?.strftime(form).to_string())
}

/// Whether the clocks showed this time twice.
fn is_twice(shown: &Zoned) -> bool {
    let zone = shown.time_zone();
    zone.to_ambiguous_zoned(shown.datetime()).is_ambiguous()
}

fn unless_doubtful(cell: &Cell) -> Option<String> {
    let shown = berlin(cell)?;
    (!is_twice(&shown)).then(|| shown.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

/// A time that the clocks showed twice, or never because the offset of the winter was used.
fn doubtful(cell: &Cell) -> Option<String> {
    let shown = berlin(cell)?;
    if is_twice(&shown) {
        return Some(shown.strftime("%Y-%m-%d %H:%M:%S").to_string());
    }
    let winter = jiff::tz::Offset::constant(1).to_datetime(shown.timestamp());
    let zone = shown.time_zone();
    let is_never = zone.to_ambiguous_zoned(winter).is_ambiguous();
    is_never.then(|| winter.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

const GERMAN: &[&str] = &[
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const FRENCH: &[&str] = &[
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const PORTUGUESE: &[&str] = &[
    "janeiro",
    "fevereiro",
    "março",
    "abril",
    "maio",
    "junho",
    "julho",
    "agosto",
    "setembro",
    "outubro",
    "novembro",
    "dezembro",
];
const SPANISH: &[&str] = &[
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];

/// Day, month by its name, year.
fn month(cell: &Cell, names: &[&str], after_day: &str) -> Option<String> {
    let date = date(cell)?;
    let place = usize::try_from(date.month() - 1).ok()?;
    let name = names.get(place)?;
    let before_year = if after_day == " de " { " de " } else { " " };
    Some(format!(
        "{}{after_day}{name}{before_year}{}",
        date.day(),
        date.year()
    ))
}
