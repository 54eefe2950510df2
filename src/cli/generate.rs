//! `generate`: a synthetic export with planted defects and their truth.

use std::path::PathBuf;

use clap::Args;

use super::Shared;
use crate::error::{Error, Kind, Result};
use crate::report;
use crate::simulator::generator::{self, Order, Variant};

/// What is to be made.
#[derive(Args)]
pub struct Arguments {
    /// Where `export/` and `truth/` are made
    #[arg(value_name = "FOLDER", required_unless_present = "list")]
    folder: Option<PathBuf>,
    /// The same number gives the same bytes
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How many contacts; everything else follows
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    contacts: u64,
    /// What is planted: V01,V20,… or all
    #[arg(long, value_name = "VARIANTS", value_delimiter = ',')]
    variants: Vec<String>,
    /// How many of the cells and records that could carry a defect do, from 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.05)]
    rate: f64,
    /// The second export of the same account: what changed since the first
    #[arg(long)]
    delta: bool,
    /// Show the variants that can be planted, and what a reader must do with each
    #[arg(long)]
    list: bool,
}

/// Makes an export, or shows the variants.
///
/// # Errors
/// `Kind::Usage` for a variant that is not planted; see [`generator::generate`].
pub fn run(shared: &Shared, arguments: &Arguments) -> Result<()> {
    let folder = match &arguments.folder {
        Some(folder) if !arguments.list => folder,
        _ => return list(shared),
    };
    if arguments.contacts == 0 {
        return Err(
            Error::new(Kind::Usage, "no export was made: it would have no contacts")
                .hint("`--contacts 50` is a small one"),
        );
    }
    let order = Order {
        seed: arguments.seed,
        contacts: arguments.contacts,
        variants: variants(&arguments.variants)?,
        rate: arguments.rate,
        is_delta: arguments.delta,
    };
    let made = generator::generate(&order, folder)?;
    if shared.is_json() {
        return report::print_json(&serde_json::json!({
            "export": made.export, "truth": made.truth, "rows": made.rows, "defects": made.defects,
        }));
    }
    for path in &made.export {
        report::print_text(&path.display().to_string())?;
    }
    let rows: u64 = made.rows.values().sum();
    report::say(&format!(
        "{rows} records, {} defects; the truth is in {}",
        made.defects,
        made.truth.display()
    ));
    Ok(())
}

pub fn variants(words: &[String]) -> Result<Vec<Variant>> {
    if words.iter().any(|word| word == "all") {
        return Ok(Variant::all().to_vec());
    }
    words.iter().map(|word| word.parse()).collect()
}

fn list(shared: &Shared) -> Result<()> {
    let all = Variant::all().iter();
    if shared.is_json() {
        let all = all.map(|variant| {
            serde_json::json!({"variant": variant.id(), "expected": variant.expected().name(), "about": variant.about()})
        });
        return report::print_json(&all.collect::<Vec<_>>());
    }
    for variant in all {
        let (expected, about) = (variant.expected().name(), variant.about());
        report::print_text(&format!("{variant}  {expected:11}  {about}"))?;
    }
    Ok(())
}
