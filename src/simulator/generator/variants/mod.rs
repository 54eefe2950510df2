//! The messy variants: what each plants, group by group.

pub mod containers;
pub mod dialects;
pub mod headers;
pub mod plan;
pub mod plant;
pub mod rows;
pub mod shapes;
pub mod spelling;

mod amounts;
mod choices;
mod dates;
mod history;
mod lookups;
mod people;
mod semantics;
mod texts;

use spelling::Spelling;

/// The label of a choice, where it is another than its value.
pub use choices::label as label_of;

/// Every spelling of a value, group by group.
pub fn spellings() -> impl Iterator<Item = &'static Spelling> {
    [
        texts::SPELLINGS,
        dates::SPELLINGS,
        amounts::SPELLINGS,
        choices::SPELLINGS,
        people::SPELLINGS,
        lookups::SPELLINGS,
        history::SPELLINGS,
        semantics::SPELLINGS,
    ]
    .into_iter()
    .flatten()
}
