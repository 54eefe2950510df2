//! V25-V28, V83: headers that are doubled, noisy, localised, or labels. V49, V81: headers that say more than a name.

use super::super::tables::{Column, Table};
use super::super::variant::Expected::{self, Asked, Recovered};
use super::plan::{Aspect, FilePlan, FileVariant};

const fn header(
    variant: u8,
    object: &'static str,
    expected: Expected,
    finding: &'static str,
    plan: fn(&mut FilePlan, &Table),
) -> FileVariant {
    FileVariant {
        variant,
        object,
        aspect: Aspect::Headers,
        expected,
        finding,
        plan,
    }
}

/// A header that does not stand in the way of the others of its file.
const fn of(aspect: Aspect, variant: FileVariant) -> FileVariant {
    FileVariant { aspect, ..variant }
}

/// Headers that say what the cells below them, or beside them, do not.
pub const BUDGET_IN_EUROS: &str = "budget_amount (EUR)";
pub const SUBSCRIBED: &str = "Subscribed";
pub const UNSUBSCRIBED: &str = "Unsubscribed";

pub const VARIANTS: &[FileVariant] = &[
    header(25, "contact", Asked, "header_twice", |plan, _| {
        rename(
            plan,
            &[
                ("phone", "Phone"),
                ("mobile", "Phone"),
                ("cf_region", "Region"),
                ("cf_region_2", "Region"),
            ],
        );
    }),
    header(26, "company", Recovered, "header_noise", |plan, _| {
        rename(
            plan,
            &[
                ("domain", "Domain "),
                ("employee_count", "Employee  Count"),
                ("billing_city", "billing\u{a0}city"),
                ("billing_street", "Billing\nstreet"),
                ("industry", "INDUSTRY:"),
                ("description", "\u{feff}description"),
            ],
        );
    }),
    header(26, "user", Asked, "header_empty", |plan, _| {
        rename(plan, &[("phone", "")])
    }),
    header(27, "lead", Recovered, "header_german", |plan, _| {
        rename(plan, GERMAN)
    }),
    header(83, "lead", Recovered, "header_now_german", |plan, _| {
        rename(plan, GERMAN)
    }),
    header(27, "contact", Recovered, "header_french", |plan, _| {
        rename(plan, FRENCH)
    }),
    header(27, "task", Recovered, "header_spanish", |plan, _| {
        rename(plan, SPANISH)
    }),
    header(27, "campaign", Recovered, "header_italian", |plan, _| {
        rename(plan, ITALIAN)
    }),
    header(28, "deal", Recovered, "header_label", |plan, table| {
        relabel(plan, table, |column| format!("Deal - {}", column.label()));
    }),
    header(28, "ticket", Recovered, "header_label", |plan, table| {
        relabel(plan, table, |column| format!("Ticket: {}", column.label()));
    }),
    header(28, "activity", Recovered, "header_dotted", |plan, _| {
        rename(
            plan,
            &[
                ("owner_id", "Owner.id"),
                ("parent_id", "Parent.id"),
                ("author_id", "Author.id"),
            ],
        );
    }),
    of(
        Aspect::Currency,
        header(
            49,
            "campaign",
            Recovered,
            "currency_in_header",
            |plan, _| {
                plan.rename("budget_amount", BUDGET_IN_EUROS);
            },
        ),
    ),
    of(
        Aspect::Consent,
        header(81, "contact", Recovered, "consent_inverted", |plan, _| {
            plan.rename("email_opt_out", SUBSCRIBED);
        }),
    ),
    of(
        Aspect::Consent,
        header(81, "lead", Recovered, "consent_renamed", |plan, _| {
            plan.rename("email_opt_out", UNSUBSCRIBED);
        }),
    ),
];

const GERMAN: &[(&str, &str)] = &[
    ("first_name", "Vorname"),
    ("last_name", "Nachname"),
    ("company_name", "Firma"),
    ("email", "E-Mail"),
    ("phone", "Telefon"),
    ("country", "Land"),
    ("created_at", "Erstellt am"),
    ("updated_at", "Geändert am"),
];

const FRENCH: &[(&str, &str)] = &[
    ("first_name", "Prénom"),
    ("last_name", "Nom"),
    ("company_name", "Société"),
    ("phone", "Téléphone"),
    ("city", "Ville"),
    ("postal_code", "Code postal"),
    ("country", "Pays"),
    ("created_at", "Créé le"),
];

const SPANISH: &[(&str, &str)] = &[
    ("subject", "Asunto"),
    ("description", "Descripción"),
    ("status", "Estado"),
    ("priority", "Prioridad"),
    ("created_at", "Creado el"),
];

const ITALIAN: &[(&str, &str)] = &[
    ("name", "Nome"),
    ("status", "Stato"),
    ("description", "Descrizione"),
    ("created_at", "Ora creazione"),
];

fn rename(plan: &mut FilePlan, names: &[(&str, &str)]) {
    for (column, name) in names {
        plan.rename(column, name);
    }
}

/// Labels instead of names; ids keep theirs.
fn relabel(plan: &mut FilePlan, table: &Table, label: fn(&Column) -> String) {
    for column in &table.columns {
        if column.name != "id" && !column.is_custom() {
            plan.rename(column.name, &label(column));
        }
    }
}
