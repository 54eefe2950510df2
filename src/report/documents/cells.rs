//! A section's rows as texts for people: the name of a column says what its numbers are.

use crate::error::Result;
use crate::migration::documents::Section;
use crate::report::answer;
use crate::report::tables::grouped_text;

/// What a cell without a value shows.
const NOTHING: &str = "–";

/// A word of more characters would take the place of the other columns.
const LONG: usize = 24;

/// The most bars that are drawn.
const BARS: usize = 25;

/// A table as it is shown.
pub struct Shown {
    /// What stands above the columns.
    pub columns: Vec<Column>,
    /// The rows, each with a cell for every column.
    pub rows: Vec<Vec<Cell>>,
    /// What is drawn beside it.
    pub bars: Vec<Bar>,
}

/// A column.
pub struct Column {
    /// Its title.
    pub title: String,
    /// Numbers stand right.
    pub is_number: bool,
}

/// A cell.
pub struct Cell {
    /// The title of its column, for narrow screens.
    pub title: String,
    /// What is shown.
    pub text: String,
    /// What it is sorted by, if it is a number.
    pub number: Option<String>,
    /// How it stands there: the words of `style.css`.
    pub class: String,
}

impl Cell {
    /// What is shown, with the places where an address is best broken into two lines.
    pub fn pieces(&self) -> impl Iterator<Item = &str> {
        self.text.split_inclusive('@')
    }
}

/// A bar of a chart.
pub struct Bar {
    /// What it stands for.
    pub label: String,
    /// How much that is.
    pub text: String,
    /// How long it is, of a hundred.
    pub percent: f64,
}

/// What the numbers of a column are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Share,
    Bytes,
    /// The place of the column with its currency, if there is one.
    Amount(Option<usize>),
    Count,
    Instant,
    Day,
    Number,
    Text,
}

/// The endings of names that say what a column holds.
const ENDINGS: [&str; 6] = ["_share", "_bytes", "_amount", "_count", "_at", "_date"];

/// A section's table.
///
/// # Errors
/// [`crate::error::Kind::Bug`] when a value cannot be formatted.
pub fn shown(section: &Section) -> Result<Shown> {
    let fields = section.answer.schema.fields();
    let names: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
    let units: Vec<Unit> = fields
        .iter()
        .map(|field| unit(field.name(), field.data_type().is_numeric(), &names))
        .collect();
    let titles = titles(&names);
    let is_shown = |place: &usize| !units.contains(&Unit::Amount(Some(*place)));
    let places: Vec<usize> = (0..names.len()).filter(is_shown).collect();
    let texts = answer::texts(&section.answer)?;
    let cell = |row: &[Option<String>], place: usize| {
        let unit = units.get(place).copied().unwrap_or(Unit::Text);
        let value = row.get(place).and_then(Option::as_deref);
        Cell {
            title: titles.get(place).cloned().unwrap_or_default(),
            text: value.map_or_else(|| NOTHING.to_owned(), |value| text(value, unit, row)),
            number: value.filter(|_| is_number(unit)).map(str::to_owned),
            class: class(value, unit),
        }
    };
    let column = |place: &usize| Column {
        title: titles.get(*place).cloned().unwrap_or_default(),
        is_number: units.get(*place).is_some_and(|unit| is_number(*unit)),
    };
    Ok(Shown {
        columns: places.iter().map(column).collect(),
        bars: bars(section, &names, &texts, &cell),
        rows: texts
            .iter()
            .map(|row| places.iter().map(|place| cell(row, *place)).collect())
            .collect(),
    })
}

fn unit(name: &str, is_numeric: bool, names: &[&str]) -> Unit {
    let ending = ENDINGS.iter().find(|ending| name.ends_with(**ending));
    let currency = || {
        let currency = format!("{}_currency", name.trim_end_matches("_amount"));
        names.iter().position(|name| *name == currency)
    };
    match (ending.copied(), is_numeric) {
        (Some("_at"), false) => Unit::Instant,
        (Some("_date"), false) => Unit::Day,
        (Some("_share"), true) => Unit::Share,
        (Some("_bytes"), true) => Unit::Bytes,
        (Some("_amount"), true) => Unit::Amount(currency()),
        (Some("_count"), true) => Unit::Count,
        (_, true) => Unit::Number,
        _ => Unit::Text,
    }
}

/// Numbers stand right, days in one line; a long word may break anywhere, and nothing needs no line on a phone.
fn class(value: Option<&str>, unit: Unit) -> String {
    let words = value.unwrap_or_default().split_whitespace();
    let longest = words.map(|word| word.chars().count()).max();
    let classes = [
        ("number", is_number(unit)),
        ("day", matches!(unit, Unit::Instant | Unit::Day)),
        ("long", longest.is_some_and(|longest| longest > LONG)),
        ("none", value.is_none()),
    ];
    let classes = classes.iter().filter(|(_, is_so)| *is_so);
    let classes: Vec<&str> = classes.map(|(class, _)| *class).collect();
    classes.join(" ")
}

fn is_number(unit: Unit) -> bool {
    !matches!(unit, Unit::Text | Unit::Instant | Unit::Day)
}

/// `filled_count` is shown as `filled` and `is_shared` as `shared`, unless another column would be called so too.
fn titles(names: &[&str]) -> Vec<String> {
    let short = |name: &str| {
        let ending = ENDINGS.iter().find(|ending| name.ends_with(**ending));
        let stem = ending.and_then(|ending| name.strip_suffix(ending));
        let stem = stem.filter(|stem| !stem.is_empty()).unwrap_or(name);
        let stem = stem.strip_prefix("is_").unwrap_or(stem);
        match ending {
            Some(&"_at") => format!("{} (UTC)", stem.replace('_', " ")),
            _ => stem.replace('_', " "),
        }
    };
    let all: Vec<String> = names.iter().map(|name| short(name)).collect();
    let title = |(name, title): (&&str, &String)| {
        let is_alone = all.iter().filter(|other| *other == title).count() == 1;
        match is_alone {
            true => title.clone(),
            false => name.replace('_', " "),
        }
    };
    names.iter().zip(&all).map(title).collect()
}

fn text(value: &str, unit: Unit, row: &[Option<String>]) -> String {
    match unit {
        Unit::Share => share(value),
        Unit::Bytes => bytes(value),
        Unit::Amount(currency) => {
            let known = currency.and_then(|place| row.get(place));
            let amount = grouped_text(&format!("{:.2}", parsed(value)));
            match (currency, known.and_then(Option::as_deref)) {
                (None, _) => amount,
                (Some(_), Some(currency)) => format!("{amount} {currency}"),
                (Some(_), None) => format!("{amount} (no currency)"),
            }
        }
        Unit::Count => grouped_text(value),
        Unit::Instant => value.replace('T', " ").chars().take(16).collect(),
        Unit::Number | Unit::Day => value.to_owned(),
        Unit::Text => match value {
            "true" => "yes".to_owned(),
            "false" => "no".to_owned(),
            text => text.to_owned(),
        },
    }
}

fn parsed(value: &str) -> f64 {
    value.parse().unwrap_or_default()
}

/// Nothing that is not nothing is shown as none, and nothing that is not all as all.
fn share(value: &str) -> String {
    let percent = parsed(value) * 100.0;
    match percent {
        p if p > 0.0 && p < 0.1 => "< 0.1 %".to_owned(),
        p if p > 99.9 && p < 100.0 => "> 99.9 %".to_owned(),
        p => format!("{} %", trimmed(format!("{p:.1}"))),
    }
}

fn bytes(value: &str) -> String {
    let mut amount = parsed(value);
    let units = ["B", "kB", "MB", "GB"];
    let mut unit = "TB";
    for smaller in units {
        if amount.abs() < 1000.0 {
            unit = smaller;
            break;
        }
        amount /= 1000.0;
    }
    format!("{} {unit}", trimmed(format!("{amount:.1}")))
}

fn trimmed(number: String) -> String {
    number.trim_end_matches(".0").to_owned()
}

/// The longest is a hundred; what is below nothing has no length.
fn bars(
    section: &Section,
    names: &[&str],
    rows: &[Vec<Option<String>>],
    cell: &impl Fn(&[Option<String>], usize) -> Cell,
) -> Vec<Bar> {
    let place = |name: &str| names.iter().position(|known| *known == name);
    let chart = section.chart.as_ref();
    let places = chart.and_then(|chart| Some((place(&chart.label)?, place(&chart.number)?)));
    let Some((label, number)) = places else {
        return Vec::new();
    };
    let length = |row: &Vec<Option<String>>| {
        let value = row.get(number).and_then(Option::as_deref);
        value.map_or(0.0, parsed).max(0.0)
    };
    let most = rows.iter().map(length).fold(0.0, f64::max);
    let bar = |row: &Vec<Option<String>>| Bar {
        label: cell(row, label).text,
        text: cell(row, number).text,
        percent: if most > 0.0 {
            length(row) / most * 100.0
        } else {
            0.0
        },
    };
    let drawn = rows.iter().filter(|row| length(row) > 0.0);
    drawn.take(BARS).map(bar).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::catalog::Chart;
    use crate::warehouse::Warehouse;

    #[test]
    fn a_number_is_shown_by_its_name() {
        for (name, value, shown) in [
            ("fill_share", "0.123456", "12.3 %"),
            ("fill_share", "1", "100 %"),
            ("fill_share", "0.99999", "> 99.9 %"),
            ("fill_share", "0.00001", "< 0.1 %"),
            ("fill_share", "0", "0 %"),
            ("files_bytes", "999", "999 B"),
            ("files_bytes", "1500", "1.5 kB"),
            ("files_bytes", "2000000000000000", "2000 TB"),
            ("rows_count", "1234567", "1,234,567"),
            ("rows_count", "-1234", "-1,234"),
            ("value_amount", "1234567.5", "1,234,567.50"),
            ("position", "1234", "1234"),
        ] {
            assert_eq!(text(value, unit(name, true, &[name]), &[]), shown);
        }
        let instant = text("2026-03-04T08:00:00.5", unit("landed_at", false, &[]), &[]);
        assert_eq!(instant, "2026-03-04 08:00");
        assert_eq!(text("true", unit("is_x", false, &[]), &[]), "yes");
    }

    #[test]
    fn an_amount_stands_beside_its_currency() {
        let names = ["value_amount", "value_currency"];
        let unit = unit("value_amount", true, &names);
        let row = |currency: Option<&str>| [Some("5".to_owned()), currency.map(str::to_owned)];
        assert_eq!(text("5", unit, &row(Some("EUR"))), "5.00 EUR");
        assert_eq!(text("5", unit, &row(None)), "5.00 (no currency)");
    }

    fn section(sql: &str, chart: (&str, &str)) -> Section {
        let answer = Warehouse::in_memory().unwrap().query(sql).unwrap();
        Section {
            name: "doc_a__b".to_owned(),
            title: "B".to_owned(),
            text: String::new(),
            query: String::new(),
            empty: String::new(),
            chart: Some(Chart {
                label: chart.0.to_owned(),
                number: chart.1.to_owned(),
            }),
            rows: answer.rows() as u64,
            answer,
        }
    }

    #[test]
    fn a_table_has_its_currency_in_its_amounts_and_bars_beside_it() {
        let section = section(
            "select * from (values ('a', 1000.5::decimal(18, 2), 'EUR', 10), ('b', null, null, 40), \
             ('c', -5, null, 0)) as t (stage, value_amount, value_currency, deals_count) order by stage",
            ("stage", "deals_count"),
        );
        let shown = shown(&section).unwrap();
        let titles: Vec<&str> = shown.columns.iter().map(|column| &*column.title).collect();
        assert_eq!(titles, ["stage", "value", "deals"]);
        let texts = |row: &Vec<Cell>| row.iter().map(|cell| cell.text.clone()).collect::<Vec<_>>();
        let rows: Vec<Vec<String>> = shown.rows.iter().map(texts).collect();
        assert_eq!(
            rows,
            [
                ["a", "1,000.50 EUR", "10"],
                ["b", "–", "40"],
                ["c", "-5.00 (no currency)", "0"]
            ]
        );
        let classes = shown.rows[1].iter().map(|cell| &*cell.class);
        assert_eq!(classes.collect::<Vec<_>>(), ["", "number none", "number"]);
        assert_eq!(class(Some(&"x".repeat(25)), Unit::Text), "long");
        assert_eq!(shown.rows[0][1].number.as_deref(), Some("1000.50"));
        let bars = shown
            .bars
            .iter()
            .map(|bar| (&*bar.label, &*bar.text, bar.percent));
        let bars: Vec<_> = bars.collect();
        assert_eq!(bars, [("a", "10", 25.0), ("b", "40", 100.0)]);
    }

    #[test]
    fn titles_are_short_where_nothing_is_lost() {
        assert_eq!(
            titles(&[
                "object",
                "rows_count",
                "files_count",
                "files_bytes",
                "landed_at",
                "is_shared"
            ]),
            [
                "object",
                "rows",
                "files count",
                "files bytes",
                "landed (UTC)",
                "shared"
            ]
        );
    }
}
