//! V43-V47, V83: dates and times.
//!
//! Columns of their own carry one spelling each, so that a reader can decide by the column; `deal.cf_go_live_on` holds
//! only what can be read in two ways.

use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

use super::super::tables::Kind::{self, Instant};
use super::super::variant::Expected::{Asked, Recovered, Reported};
use super::spelling::{Cell, Place, Spelling, spelling};

const DATES: Place = Place::Kinds(&[Kind::Date]);
const INSTANTS: Place = Place::Kinds(&[Instant]);
const EMPTY_DATES: Place = Place::Blank(&[Kind::Date, Instant]);
const EMPTY: Place = Place::Blank(&[Kind::Text, Kind::Name, Kind::Phone, Kind::Tags, Kind::Money]);

pub const SPELLINGS: &[Spelling] = &[
    spelling(
        43,
        Recovered,
        "date_dmy",
        Place::Whole("contact", "birthday"),
        |cell| day(cell, "%d/%m/%Y"),
    ),
    spelling(
        43,
        Recovered,
        "date_mdy",
        Place::Whole("deal", "expected_close_date"),
        |cell| day(cell, "%m/%d/%Y"),
    ),
    spelling(
        43,
        Recovered,
        "date_dotted",
        Place::Whole("campaign", "start_date"),
        |cell| day(cell, "%-d.%-m.%y"),
    ),
    spelling(
        43,
        Recovered,
        "date_named",
        Place::Whole("contact", "cf_renewal_date"),
        |cell| day(cell, "%b %-d, %Y"),
    ),
    spelling(
        43,
        Recovered,
        "date_compact",
        Place::Whole("company", "cf_founded_on"),
        |cell| day(cell, "%Y%m%d"),
    ),
    spelling(
        43,
        Recovered,
        "date_serial",
        Place::Whole("lead", "cf_follow_up_on"),
        |cell| serial(cell.clean),
    ),
    spelling(
        43,
        Recovered,
        "date_slashed",
        Place::Whole("deal", "cf_signed_on"),
        |cell| day(cell, "%Y/%m/%d"),
    ),
    spelling(
        43,
        Recovered,
        "epoch_seconds",
        Place::Whole("contact", "last_activity_at"),
        |cell| Some(instant(cell)?.as_second().to_string()),
    ),
    spelling(
        43,
        Recovered,
        "epoch_milliseconds",
        Place::Whole("task", "due_at"),
        |cell| Some(instant(cell)?.as_millisecond().to_string()),
    ),
    spelling(
        43,
        Recovered,
        "date_minutes",
        Place::Whole("lead", "converted_at"),
        |cell| local(cell, "%Y-%m-%d %H:%M"),
    ),
    spelling(
        43,
        Asked,
        "date_ambiguous",
        Place::Whole("deal", "cf_go_live_on"),
        ambiguous,
    ),
    spelling(43, Recovered, "date_slashed", DATES, |cell| {
        day(cell, "%Y/%m/%d")
    }),
    spelling(43, Recovered, "date_named", DATES, |cell| {
        day(cell, "%b %-d, %Y")
    }),
    spelling(43, Recovered, "date_dotted", DATES, |cell| {
        day(cell, "%-d.%-m.%Y")
    }),
    spelling(
        44,
        Recovered,
        "month_german",
        Place::Whole("deal", "cf_renewal_on"),
        |cell| month(cell, GERMAN, ". "),
    ),
    spelling(
        44,
        Recovered,
        "month_french",
        Place::Whole("contact", "cf_signed_up_on"),
        |cell| month(cell, FRENCH, " "),
    ),
    spelling(44, Recovered, "month_portuguese", DATES, |cell| {
        month(cell, PORTUGUESE, " de ")
    }),
    spelling(44, Recovered, "month_spanish", DATES, |cell| {
        month(cell, SPANISH, " ")
    }),
    spelling(44, Reported, "year_missing", DATES, |cell| {
        Some(month(cell, GERMAN, ". ")?.rsplit_once(' ')?.0.to_owned())
    }),
    spelling(
        45,
        Recovered,
        "no_offset",
        Place::Whole("activity", "started_at"),
        unless_doubtful,
    ),
    spelling(45, Reported, "clock_change", INSTANTS, doubtful),
    spelling(
        46,
        Recovered,
        "day_as_midnight",
        Place::Whole("company", "cf_contract_date"),
        |cell| Some(format!("{}T00:00:00Z", cell.clean)),
    ),
    spelling(46, Recovered, "day_as_midnight", DATES, |cell| {
        Some(format!("{}T00:00Z", cell.clean))
    }),
    spelling(46, Recovered, "day_as_midnight", DATES, |cell| {
        Some(format!("{} 00:00:00", cell.clean))
    }),
    spelling(47, Recovered, "null_date", EMPTY_DATES, |cell| {
        Some(
            cell.one_of(&["0000-00-00", "1900-01-00", "9999-12-31"])
                .to_owned(),
        )
    }),
    spelling(47, Recovered, "null_word", EMPTY_DATES, |cell| {
        Some(cell.one_of(&["-", "#N/A", "null"]).to_owned())
    }),
    spelling(47, Recovered, "null_word", EMPTY, |cell| {
        Some(cell.one_of(NULLS).to_owned())
    }),
    spelling(
        83,
        Recovered,
        "date_now_dmy",
        Place::Whole("contact", "birthday"),
        |cell| day(cell, "%d/%m/%Y"),
    ),
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
