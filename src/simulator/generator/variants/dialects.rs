//! V15-V24, V30: encodings, delimiters, line ends, quotes, what stands around the rows. V32, V64, V66, V75, V77: columns.

use encoding_rs::{ISO_8859_15, MACINTOSH, WINDOWS_1252};

use super::super::account::number;
use super::super::tables::Table;
use super::super::text::{Characters, Newline};
use super::super::variant::Expected::{self, Asked, Quarantined, Recovered, Reported};
use super::plan::{Aspect, FilePlan, FileVariant, Source};

/// A file variant in one line.
const fn file(
    variant: u8,
    object: &'static str,
    aspect: Aspect,
    finding: &'static str,
    plan: fn(&mut FilePlan, &Table),
) -> FileVariant {
    FileVariant {
        variant,
        object,
        aspect,
        expected: Recovered,
        finding,
        plan,
    }
}

/// One that a reader may not settle silently.
const fn doubtful(variant: FileVariant, expected: Expected) -> FileVariant {
    FileVariant {
        expected,
        ..variant
    }
}

use Aspect::{
    Above, Below, Between, Characters as Bytes, Columns, Delimiter, Newline as Ends, Quotes,
};

pub const VARIANTS: &[FileVariant] = &[
    file(15, "user", Bytes, "byte_order_mark", |plan, _| {
        plan.style.has_mark = true
    }),
    file(15, "deal_contact", Bytes, "byte_order_mark", |plan, _| {
        plan.style.has_mark = true
    }),
    file(15, "email_template", Bytes, "byte_order_mark", |plan, _| {
        plan.style.has_mark = true
    }),
    file(16, "task", Bytes, "utf_16le_mark", |plan, _| {
        wide(plan, Characters::Utf16Little, true)
    }),
    file(16, "deal", Bytes, "utf_16be_mark", |plan, _| {
        wide(plan, Characters::Utf16Big, true)
    }),
    file(16, "tag", Bytes, "utf_16le", |plan, _| {
        wide(plan, Characters::Utf16Little, false)
    }),
    file(16, "campaign", Bytes, "utf_16be", |plan, _| {
        wide(plan, Characters::Utf16Big, false)
    }),
    file(17, "contact", Bytes, "windows_1252", |plan, _| {
        plan.style.characters = Characters::Single(WINDOWS_1252)
    }),
    file(17, "lead", Bytes, "macintosh", |plan, _| {
        plan.style.characters = Characters::Single(MACINTOSH)
    }),
    file(17, "company", Bytes, "iso_8859_15", |plan, _| {
        plan.style.characters = Characters::Single(ISO_8859_15)
    }),
    file(20, "contact", Delimiter, "tab", |plan, _| {
        plan.style.delimiter = '\t'
    }),
    file(20, "company", Delimiter, "semicolon", |plan, _| {
        plan.style.delimiter = ';'
    }),
    file(20, "lead", Delimiter, "pipe", |plan, _| {
        plan.style.delimiter = '|'
    }),
    file(20, "deal", Delimiter, "caret", |plan, _| {
        plan.style.delimiter = '^'
    }),
    file(20, "activity", Delimiter, "sep_line", |plan, _| {
        plan.style.delimiter = ';';
        plan.above.push("sep=;");
    }),
    file(21, "activity", Ends, "crlf", |plan, _| {
        plan.style.newline = Newline::Both
    }),
    file(21, "lead", Ends, "cr", |plan, _| {
        plan.style.newline = Newline::Return
    }),
    file(21, "company", Ends, "mixed", |plan, _| {
        plan.style.newline = Newline::Mixed
    }),
    file(22, "activity", Quotes, "backslash", |plan, _| {
        plan.style.is_backslashed = true
    }),
    doubtful(
        file(
            22,
            "campaign_member",
            Quotes,
            "unclosed_quote",
            |plan, _| plan.ends_open = true,
        ),
        Quarantined,
    ),
    file(23, "tag", Columns, "trailing_delimiter", |plan, _| {
        plan.style.is_padded = true
    }),
    file(23, "task", Columns, "trailing_delimiter", |plan, _| {
        plan.style.is_padded = true
    }),
    file(24, "deal", Above, "title", |plan, _| {
        plan.above.extend(["All deals of Acme", ""])
    }),
    file(24, "ticket", Above, "title", |plan, _| {
        plan.above.extend(["Tickets, exported 2026-09-01"])
    }),
    file(24, "deal", Below, "total", |plan, _| plan.has_total = true),
    file(24, "campaign", Below, "total", |plan, _| {
        plan.has_total = true
    }),
    file(24, "company", Between, "blank_lines", |plan, _| {
        plan.has_blanks = true
    }),
    file(30, "activity", Between, "header_again", |plan, _| {
        plan.header_every = Some(50)
    }),
    file(30, "contact", Between, "header_again", |plan, _| {
        plan.header_every = Some(20)
    }),
    doubtful(
        file(32, "kb_article", Columns, "no_id", |plan, _| {
            plan.drop("id")
        }),
        Asked,
    ),
    doubtful(
        file(32, "ticket_message", Columns, "no_id", |plan, _| {
            plan.drop("id")
        }),
        Asked,
    ),
    doubtful(
        file(64, "deal", Columns, "computed", |plan, _| {
            let weighted =
                Source::Made(|_, row| weighted(row.get("value_amount"), row.get("probability")));
            plan.add("weighted_value", weighted);
        }),
        Reported,
    ),
    doubtful(
        file(64, "contact", Columns, "computed", |plan, _| {
            let count = Source::Made(|account, row| {
                let contact = number(row.id(), "con");
                contact.map_or_else(String::new, |contact| {
                    account.activities_of(contact).to_string()
                })
            });
            plan.add("activity_count", count);
        }),
        Reported,
    ),
    file(66, "activity", Columns, "several_parents", |plan, _| {
        for (place, name) in ["contact_id", "company_id", "deal_id"]
            .into_iter()
            .enumerate()
        {
            plan.add(name, Source::Relation(place));
        }
    }),
    doubtful(
        file(75, "lead", Columns, "column_missing", |plan, _| {
            plan.drop("cf_interest")
        }),
        Reported,
    ),
    doubtful(
        file(77, "company", Columns, "columns_of_a_view", |plan, _| {
            for column in ["website", "phone", "description"] {
                plan.drop(column);
            }
        }),
        Reported,
    ),
    doubtful(
        file(75, "company", Columns, "column_undeclared", |plan, _| {
            let seats = Source::Made(|_, row| row.get("cf_seats").to_owned());
            plan.add("cf_shadow", seats);
        }),
        Reported,
    ),
];

fn wide(plan: &mut FilePlan, characters: Characters, has_mark: bool) {
    plan.style.characters = characters;
    plan.style.has_mark = has_mark;
}

/// A computed column: amount times probability.
fn weighted(amount: &str, probability: &str) -> String {
    let amount: f64 = amount.parse().unwrap_or_default();
    let probability: f64 = probability.parse().unwrap_or_default();
    format!("{:.2}", amount * probability / 100.0)
}
