//! A document as Markdown: what stands in a cell cannot become a table, a link or a tag.

use std::fmt::Write as _;

use super::cells::{self, Shown};
use super::{minute, words};
use crate::error::Result;
use crate::migration::About;
use crate::migration::documents::{Document, Section};
use crate::report::tables::grouped;
use crate::report::unprintable;

/// The longest bar, in characters.
const BAR: f64 = 30.0;

/// The file's text.
///
/// # Errors
/// [`crate::error::Kind::Bug`] when a value cannot be formatted.
pub fn text(about: &About, document: &Document, now: &str) -> Result<String> {
    let mut text = format!(
        "# {}\n\n{}\n\nExtract `{}`, landed {}; written {now}; for {}.\n",
        plain(&document.title),
        prose(&document.about),
        about.extract_id,
        minute(&about.landed_at),
        plain(&about.destination),
    );
    if about.is_offline {
        text.push_str(
            "\nThe destination was not asked: what is said of it is what was read last.\n",
        );
    }
    for one in &document.sections {
        text.push_str(&section(one)?);
    }
    Ok(text)
}

fn section(section: &Section) -> Result<String> {
    let shown = cells::shown(section)?;
    let mut text = format!("\n## {}\n\n", plain(&section.title));
    let rows = shown.rows.len() as u64;
    let mut write = || {
        writeln!(text, "{}\n", prose(&section.text))?;
        match rows {
            0 => writeln!(text, "{}\n", prose(&section.empty))?,
            _ => {
                text.push_str(&chart(&shown));
                text.push_str(&table(&shown));
            }
        }
        if section.rows > rows {
            let (shown, all) = (grouped(rows), grouped(section.rows));
            writeln!(
                text,
                "The first {shown} of {all} rows; the query has them all.\n"
            )?;
        }
        writeln!(text, "    {}", section.query)
    };
    write().map_err(unprintable)?;
    Ok(text)
}

fn table(shown: &Shown) -> String {
    let titles = shown.columns.iter().map(|column| plain(&column.title));
    let marks = shown.columns.iter().map(|column| match column.is_number {
        true => "---:".to_owned(),
        false => "---".to_owned(),
    });
    let mut text = line(titles) + &line(marks);
    for row in &shown.rows {
        text.push_str(&line(row.iter().map(|cell| plain(&cell.text))));
    }
    text.push('\n');
    text
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.collect();
    format!("| {} |\n", cells.join(" | "))
}

fn chart(shown: &Shown) -> String {
    let bars = shown.bars.iter().map(|bar| {
        let length = (bar.percent / 100.0 * BAR).ceil().clamp(0.0, BAR);
        // Never below nothing, and never beyond the longest.
        let length = length as usize;
        let cells = [plain(&bar.label), "█".repeat(length), plain(&bar.text)];
        line(cells.into_iter())
    });
    let bars: String = bars.collect();
    match bars.is_empty() {
        true => bars,
        false => format!("| | | |\n| --- | --- | ---: |\n{bars}\n"),
    }
}

/// A text that means nothing but itself, in one line.
fn plain(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '#' | '~' | '!' => {
                escaped.extend(['\\', c]);
            }
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Our own words, in which backticks mean code.
fn prose(text: &str) -> String {
    let paragraphs = words::paragraphs(text);
    let paragraphs = paragraphs.iter().map(|spans| {
        let spans = spans.iter().map(|span| match span.is_code {
            true => format!("`{}`", span.text),
            false => plain(span.text),
        });
        spans.collect::<String>()
    });
    paragraphs.collect::<Vec<String>>().join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_nothing_but_its_text() {
        assert_eq!(
            plain("a|b\r\n<script>alert(1)</script> `x` [y](z) \\|"),
            "a\\|b  &lt;script&gt;alert(1)&lt;/script&gt; \\`x\\` \\[y\\](z) \\\\\\|"
        );
        assert_eq!(
            prose("See `map_owners` & <b>"),
            "See `map_owners` &amp; &lt;b&gt;"
        );
    }
}
