//! `selftest`: for each variant a generated export is read, and what became of its defects is compared with the truth.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Shared, generate};
use crate::error::{Error, Kind, Result};
use crate::migration::score::{self, Score, VariantScore};
use crate::migration::{self, Workspace};
use crate::report;
use crate::simulator::generator::{self, Order, Variant};

/// What is tested.
#[derive(Args)]
pub struct Arguments {
    /// Only these: V01,V20,…
    #[arg(long, value_name = "VARIANTS", value_delimiter = ',')]
    variants: Vec<String>,
    /// The same number gives the same exports
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How many contacts each export has; everything else follows
    #[arg(long, value_name = "N", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..))]
    contacts: u64,
    /// How many of the cells and records that could carry a defect do, from 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.1)]
    rate: f64,
    /// Keep exports, truths and workspaces in this folder, which must not be there yet
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
}

/// Runs it for each variant and prints the score.
///
/// # Errors
/// `Kind::Check` when a defect was guessed at, left unsaid or lost in silence; see [`generator::generate`].
pub fn run(shared: &Shared, arguments: &Arguments) -> Result<()> {
    let unwritable = |cause: std::io::Error| {
        Error::new(Kind::Config, "no folder for the exports could be made").because(cause)
    };
    let given = arguments.keep.as_ref();
    let temporary = tempfile::tempdir().map_err(unwritable)?;
    let folder = given.map_or_else(|| temporary.path().to_owned(), Clone::clone);
    let variants = match arguments.variants.as_slice() {
        [] => Variant::all().to_vec(),
        some => generate::variants(some)?,
    };
    let clean = Clean::of(arguments, &folder, &variants)?;
    let mut scores = Vec::with_capacity(variants.len());
    for variant in variants {
        scores.push(scored(arguments, &folder, &clean, variant)?);
        if given.is_none() {
            std::fs::remove_dir_all(folder.join(variant.id())).map_err(unwritable)?;
        }
    }
    match shared.is_json() {
        true => report::print_json(&scores)?,
        false => report::print_scores(&scores)?,
    }
    score::gate(&scores)
}

/// The exports without defects, which the others are compared with.
struct Clean {
    whole: Reading,
    delta: Option<Reading>,
}

impl Clean {
    /// The delta is made only if a variant needs it: it takes as long as a variant.
    fn of(arguments: &Arguments, folder: &Path, variants: &[Variant]) -> Result<Self> {
        let whole = order(arguments, Vec::new());
        let delta = Order {
            is_delta: true,
            ..whole.clone()
        };
        let whole = Reading::of(&folder.join("clean"), &whole, None, None)?;
        let needs_delta = variants.iter().any(|variant| variant.is_delta_only());
        let delta = match needs_delta {
            true => Some(Reading::of(
                &folder.join("clean-delta"),
                &delta,
                None,
                Some(&whole),
            )?),
            false => None,
        };
        let is_landed = delta.as_ref().unwrap_or(&whole).is_landed && whole.is_landed;
        match is_landed {
            true => Ok(Self { whole, delta }),
            false => Err(Error::new(
                Kind::Bug,
                "the clean export was refused, so nothing could be scored",
            )),
        }
    }

    /// What an export with a variant is compared with, and what was landed before it.
    fn beside(&self, variant: Variant) -> (&Reading, Option<&Reading>) {
        match self.delta.as_ref().filter(|_| variant.is_delta_only()) {
            Some(delta) => (delta, Some(&self.whole)),
            None => (&self.whole, None),
        }
    }
}

/// Reads the export of one variant, and judges it by the clean one.
fn scored(
    arguments: &Arguments,
    folder: &Path,
    clean: &Clean,
    variant: Variant,
) -> Result<VariantScore> {
    let (clean, earlier) = clean.beside(variant);
    let messy = folder.join(variant.id());
    let read = Reading::of(
        &messy,
        &order(arguments, vec![variant]),
        Some(clean),
        earlier,
    )?;
    let defects = read.truth.join("defects.parquet");
    let score = match read.is_landed {
        true => score::judge(&clean.seen, &read.seen, &defects)?,
        false => Score::default(),
    };
    let refused = score::refused(&defects, &refused(&messy, read.is_landed)?)?;
    Ok(VariantScore {
        variant: variant.id(),
        about: variant.about(),
        score: score.with(refused),
    })
}

/// The files of the truth that were refused: all, if the export was, and each that lies beside it to be refused by itself.
fn refused(folder: &Path, is_landed: bool) -> Result<Vec<String>> {
    if !is_landed {
        return Ok(vec!["%".to_owned()]);
    }
    let mut refused = Vec::new();
    let Ok(beside) = std::fs::read_dir(folder.join("refused")) else {
        return Ok(refused);
    };
    for file in beside.flatten() {
        let workspace = folder.join("workspaces").join(file.file_name());
        migration::init(&workspace)?;
        let landed = migration::land(&Workspace::open(&workspace)?, &[file.path()]);
        if landed.is_err_and(|error| error.kind() == Kind::Source) {
            refused.push(format!("refused/{}", file.file_name().to_string_lossy()));
        }
    }
    Ok(refused)
}

fn order(arguments: &Arguments, variants: Vec<Variant>) -> Order {
    Order {
        seed: arguments.seed,
        contacts: arguments.contacts,
        is_delta: variants.iter().any(|variant| variant.is_delta_only()),
        variants,
        rate: arguments.rate,
    }
}

/// A generated export that was read.
struct Reading {
    export: Vec<PathBuf>,
    truth: PathBuf,
    /// What was understood and said of it.
    seen: PathBuf,
    /// Else it was refused as a whole.
    is_landed: bool,
}

impl Reading {
    /// `mapped`: by whose truth the customer wrote the maps, if it is another one. `earlier`: what is landed before it.
    fn of(
        folder: &Path,
        order: &Order,
        mapped: Option<&Self>,
        earlier: Option<&Self>,
    ) -> Result<Self> {
        let made = generator::generate(order, folder)?;
        let seen = folder.join("seen");
        let root = folder.join("workspace");
        migration::init(&root)?;
        migration::private_folder(&seen)?;
        let mapped = mapped.map_or(&made.truth, |clean| &clean.truth);
        score::map_fields(&Workspace::open(&root)?, mapped)?;
        let workspace = Workspace::open(&root)?;
        if let Some(earlier) = earlier {
            migration::land(&workspace, &earlier.export)?;
        }
        let is_landed = match migration::land(&workspace, &made.export) {
            Ok(_) => true,
            Err(refused) if refused.kind() == Kind::Source => false,
            Err(error) => return Err(error),
        };
        if is_landed {
            score::record(&workspace, &seen)?;
        }
        Ok(Self {
            export: made.export,
            truth: made.truth,
            seen,
            is_landed,
        })
    }
}
