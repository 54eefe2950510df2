//! The variants of a messy export that are planted: number, what it is, and what a reader must do with it.

use std::fmt;

use crate::error::{Error, Kind, Result};

/// What a reader must do with a defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expected {
    /// The clean value arrives.
    Recovered,
    /// The record is set aside with its bytes, and nothing else is lost.
    Quarantined,
    /// A person is asked; nothing is guessed.
    Asked,
    /// What stands there is kept as it is.
    Kept,
    /// What stands there is kept, and a finding says so.
    Reported,
    /// The file or the export is not read at all.
    Refused,
}

impl Expected {
    /// As `defects.parquet` has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Recovered => "recovered",
            Self::Quarantined => "quarantined",
            Self::Asked => "asked",
            Self::Kept => "kept",
            Self::Reported => "reported",
            Self::Refused => "refused",
        }
    }
}

/// One of the variants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Variant(u8);

use Expected::{Asked, Kept, Quarantined, Recovered, Refused, Reported};

/// Number, what is mostly to be done (a defect's own row may say otherwise), and what it is.
const TABLE: &[(u8, Expected, &str)] = &[
    (
        1,
        Recovered,
        "no single archive: a folder, archives in a folder, an archive in an archive, several archives",
    ),
    (
        2,
        Reported,
        "a top folder around everything, and what operating systems leave behind",
    ),
    (
        3,
        Recovered,
        "parts of one object under several ways to number them",
    ),
    (4, Recovered, "the same file in two archives"),
    (
        5,
        Recovered,
        "parts that overlap: the last records of one stand in the next again",
    ),
    (6, Reported, "parts with other columns, in another order"),
    (
        7,
        Asked,
        "a file with a header only, and one without a byte",
    ),
    (8, Recovered, "files with other names"),
    (
        9,
        Recovered,
        "a workbook with a sheet per object, titles above headers, serial dates",
    ),
    (
        10,
        Recovered,
        "JSON: an array, an array in a wrapper, lines, nested values",
    ),
    (
        11,
        Recovered,
        "files whose ending does not say what they are; gzip",
    ),
    (
        12,
        Refused,
        "archives that are cut off, damaged, or encrypted",
    ),
    (
        13,
        Refused,
        "archives that would write elsewhere, link elsewhere, or inflate without end",
    ),
    (
        14,
        Recovered,
        "names of files in an archive in an old encoding",
    ),
    (15, Recovered, "a byte order mark before UTF-8"),
    (
        16,
        Recovered,
        "UTF-16 with and without a mark, both byte orders",
    ),
    (17, Recovered, "Windows-1252, ISO-8859-15, Macintosh"),
    (
        18,
        Asked,
        "text that was decoded wrongly before the export, once or twice",
    ),
    (
        19,
        Quarantined,
        "a byte that is no UTF-8, a zero byte, a replaced character",
    ),
    (20, Recovered, "tab, semicolon, pipe, caret, a `sep=` line"),
    (
        21,
        Recovered,
        "CR, CRLF, mixed line ends, line separators in text",
    ),
    (
        22,
        Recovered,
        "backslashes before quotes, stray quotes, a quote that is never closed",
    ),
    (
        23,
        Quarantined,
        "records with too many or too few cells, trailing delimiters",
    ),
    (24, Recovered, "titles, blank lines, a row of totals"),
    (25, Asked, "two columns under one header"),
    (
        26,
        Recovered,
        "headers with noise: blanks, case, line breaks; an empty one",
    ),
    (27, Recovered, "headers in German, French, Spanish, Italian"),
    (28, Recovered, "labels and prefixes instead of column names"),
    (
        29,
        Recovered,
        "what keeps a spreadsheet from computing before a value",
    ),
    (30, Recovered, "the header again between the rows"),
    (31, Kept, "ids that look like numbers"),
    (32, Asked, "no id column"),
    (
        33,
        Asked,
        "references in another case, or without their prefix",
    ),
    (
        34,
        Recovered,
        "references by name only; some names are not the only one",
    ),
    (
        35,
        Recovered,
        "references by address, by `Last, First`, by name with id, by a link",
    ),
    (36, Recovered, "records under one id twice, alike and not"),
    (37, Reported, "two people under one address"),
    (38, Reported, "references to records that are not there"),
    (39, Reported, "companies that are their own parents"),
    (
        40,
        Asked,
        "owners that are unknown, blank, a name, a mailbox",
    ),
    (41, Recovered, "two references in one cell"),
    (42, Recovered, "a parent without its type"),
    (
        43,
        Recovered,
        "dates in many spellings; one column fits two",
    ),
    (44, Recovered, "months by name in four languages"),
    (
        45,
        Recovered,
        "times without an offset, also when clocks change",
    ),
    (46, Recovered, "days written as midnight"),
    (47, Recovered, "words for nothing"),
    (
        48,
        Recovered,
        "amounts in many spellings; one column fits two",
    ),
    (
        49,
        Recovered,
        "currency in the header, as a sign, or not at all",
    ),
    (
        50,
        Recovered,
        "percentages as fractions and with signs; one column mixes them",
    ),
    (51, Recovered, "booleans in many words"),
    (
        52,
        Recovered,
        "multi-selects with other separators; some values are left over",
    ),
    (
        53,
        Recovered,
        "choices in another case, by label, unknown, several in one",
    ),
    (
        54,
        Kept,
        "phone numbers in many spellings, and some that are lost",
    ),
    (
        55,
        Recovered,
        "addresses with names, links, dots, two in a cell, none",
    ),
    (56, Kept, "names in another order, in one cell, missing"),
    (57, Reported, "employee counts that are ranges"),
    (58, Kept, "links without scheme, with tracking"),
    (59, Kept, "postal addresses in one cell, countries in words"),
    (60, Reported, "very long texts, images in texts"),
    (
        61,
        Kept,
        "HTML with scripts, office markup, images, escaped twice",
    ),
    (62, Kept, "invisible characters, accents apart, odd quotes"),
    (63, Kept, "JSON in a cell"),
    (64, Reported, "computed columns"),
    (65, Recovered, "a file for each type of activity"),
    (66, Recovered, "activities with several parents"),
    (67, Reported, "activities whose author is unknown"),
    (
        68,
        Recovered,
        "durations in several spellings, ends before starts",
    ),
    (69, Kept, "mails without a body"),
    (
        70,
        Reported,
        "attachments without a file, files without a row, sizes that differ",
    ),
    (71, Recovered, "attachments of notes and mails"),
    (72, Kept, "file names that no disk takes"),
    (73, Reported, "programs and very large files as attachments"),
    (74, Asked, "no schema folder"),
    (
        75,
        Reported,
        "declared fields without a column, columns that are not declared",
    ),
    (76, Reported, "values that contradict their type"),
    (
        77,
        Reported,
        "a view: columns are left out, activities end at 10,000",
    ),
    (
        78,
        Asked,
        "stages that are unknown, renamed, known by name only",
    ),
    (79, Reported, "deals that contradict themselves"),
    (80, Reported, "leads converted to nobody"),
    (
        81,
        Recovered,
        "consent in other words, the other way round, or unclear",
    ),
    (82, Reported, "a delta without deletions"),
    (
        83,
        Asked,
        "a delta with other headers, dates and ids than the first export",
    ),
    (84, Reported, "test records"),
];

/// Those that only a second export can show: it is another than the first.
const DELTA_ONLY: &[u8] = &[82, 83];

static ALL: [Variant; TABLE.len()] = {
    let mut all = [Variant(0); TABLE.len()];
    let mut place = 0;
    while place < all.len() {
        all[place] = Variant(TABLE[place].0);
        place += 1;
    }
    all
};

impl Variant {
    /// All that are planted.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &ALL
    }

    /// As the table of variants has it: `V07`.
    #[must_use]
    pub fn id(self) -> String {
        format!("V{:02}", self.0)
    }

    /// What it is.
    #[must_use]
    pub fn about(self) -> &'static str {
        self.entry().map_or("", |(_, _, about)| about)
    }

    /// What a reader must do with most of its defects.
    #[must_use]
    pub fn expected(self) -> Expected {
        self.entry().map_or(Reported, |(_, expected, _)| *expected)
    }

    /// Whether only a delta can show it.
    #[must_use]
    pub fn is_delta_only(self) -> bool {
        DELTA_ONLY.contains(&self.0)
    }

    fn entry(self) -> Option<&'static (u8, Expected, &'static str)> {
        TABLE.iter().find(|(number, ..)| *number == self.0)
    }

    /// The one with this number, planted or not.
    pub(super) fn numbered(number: u8) -> Self {
        Self(number)
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id())
    }
}

impl std::str::FromStr for Variant {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let known = Self::all()
            .iter()
            .find(|variant| variant.id().eq_ignore_ascii_case(text.trim()));
        known.copied().ok_or_else(|| {
            Error::new(
                Kind::Usage,
                format!("the variant `{text}` is not planted here"),
            )
            .hint("`deskferry generate --list` shows those that are")
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn variants_are_read_as_they_are_written() {
        for variant in Variant::all() {
            assert_eq!(variant.id().parse::<Variant>().unwrap(), *variant);
            assert!(!variant.about().is_empty());
        }
        assert!(Variant::all().is_sorted());
        assert!("V85".parse::<Variant>().is_err());
    }
}
