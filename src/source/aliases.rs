//! What other systems and languages call files and columns: the packs of `sql/aliases/`.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::headers::normalised;
use super::layout::{Layout, Table};
use crate::error::{Error, Kind, Result};

/// Words of file names that say nothing of what is in them.
const NOISE: [&str; 12] = [
    "all",
    "alle",
    "backup",
    "crm",
    "csv",
    "data",
    "export",
    "exports",
    "list",
    "report",
    "smartdesk",
    "table",
];

/// Names by what they are called, folded: lower case, no accents, one underscore between words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aliases {
    files: BTreeMap<String, String>,
    columns: BTreeMap<(String, String), Meaning>,
    words: BTreeMap<String, BTreeSet<String>>,
}

/// A column, and whether the name is the object's own or a shared one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Meaning {
    column: String,
    is_own: bool,
}

impl Aliases {
    /// Reads packs: name and text of each.
    ///
    /// # Errors
    /// `Kind::Config` for a text that is no such pack, an object or column that the layout does not know, and a name of a
    /// file or column that would mean two things.
    pub fn parse<'a>(
        packs: impl IntoIterator<Item = (&'a str, &'a str)>,
        layout: &Layout,
    ) -> Result<Self> {
        let mut aliases = Self::default();
        for (object, table) in layout.objects() {
            let names = table.file.iter().filter(|file| !file.ends_with('/'));
            for file in names.map(|file| file.rsplit('/').next().unwrap_or(file)) {
                aliases.files.insert(folded(file), object.to_owned());
            }
        }
        for (pack, text) in packs {
            let read: BTreeMap<String, BTreeMap<String, Vec<String>>> = toml::from_str(text)
                .map_err(|cause| refused(pack, "cannot be read").because(cause))?;
            for (section, names) in &read {
                aliases
                    .take(section, names, layout)
                    .map_err(|what| refused(pack, &what))?;
            }
        }
        Ok(aliases)
    }

    fn take(
        &mut self,
        section: &str,
        names: &BTreeMap<String, Vec<String>>,
        layout: &Layout,
    ) -> std::result::Result<(), String> {
        for (name, aliases) in names {
            for alias in aliases.iter().map(|alias| folded(alias)) {
                match section {
                    "files" if layout.get(name).is_none() => {
                        return Err(format!("names no object: `{name}`"));
                    }
                    "files" => self.call_file(alias, name)?,
                    // `Stato` is a country and a status: which one, no header says.
                    "words" => {
                        self.words.entry(alias).or_default().insert(name.clone());
                    }
                    "columns" => {
                        let objects = with_column(name, layout)?;
                        for object in objects {
                            self.call_column(object, &alias, name, false)?;
                        }
                    }
                    object => {
                        let table = layout.get(object);
                        let table = table.filter(|table| has(table, name));
                        table.ok_or_else(|| format!("[{object}] names no column `{name}`"))?;
                        self.call_column(object, &alias, name, true)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn call_file(&mut self, alias: String, object: &str) -> std::result::Result<(), String> {
        match self.files.insert(alias.clone(), object.to_owned()) {
            Some(other) if other != object => {
                Err(format!("calls both {other} and {object} `{alias}`"))
            }
            _ => Ok(()),
        }
    }

    /// A shared name counts where an object has no meaning of its own for it.
    fn call_column(
        &mut self,
        object: &str,
        alias: &str,
        column: &str,
        is_own: bool,
    ) -> std::result::Result<(), String> {
        let thing = (object.to_owned(), alias.to_owned());
        let meaning = Meaning {
            column: column.to_owned(),
            is_own,
        };
        match self.columns.get(&thing) {
            Some(known) if known.is_own && !is_own => Ok(()),
            Some(known) if known.is_own == is_own && known.column != column => Err(format!(
                "calls both {} and {column} of {object} `{alias}`",
                known.column
            )),
            _ => {
                self.columns.insert(thing, meaning);
                Ok(())
            }
        }
    }

    /// Every folded name of a column: object, name, column.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        let columns = self.columns.iter();
        columns.map(|((object, name), meaning)| (&**object, &**name, &*meaning.column))
    }

    /// Every folded name of an object: name, object.
    pub fn objects(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(name, object)| (&**name, &**object))
    }

    /// Every folded word that headers are made of, and each English one that it may mean.
    pub fn words(&self) -> impl Iterator<Item = (&str, &str)> {
        let words = self.words.iter();
        words.flat_map(|(name, meanings)| meanings.iter().map(|word| (&**name, &**word)))
    }

    /// The object that a file is called after: its name without dates, numbers and words that say nothing.
    pub(super) fn object_of(&self, stem: &str) -> Option<&str> {
        let name = folded(stem.rsplit('/').next().unwrap_or(stem));
        let says =
            |word: &&str| !NOISE.contains(word) && !word.bytes().all(|byte| byte.is_ascii_digit());
        let words: Vec<&str> = name.split('_').filter(says).collect();
        [name.as_str(), &words.join("_")]
            .iter()
            .find_map(|name| self.files.get(*name))
            .map(String::as_str)
    }

    /// The column of an object that a header means: its canonical name, an alias, or either below the object's own name
    /// (`Deal - Title`).
    pub(super) fn column(&self, object: &str, table: &Table, header: &str) -> Option<String> {
        let name = folded(header);
        let known = |name: &str| {
            if has(table, name) {
                return Some(name.to_owned());
            }
            let thing = (object.to_owned(), name.to_owned());
            let meaning = self.columns.get(&thing);
            meaning.map(|meaning| meaning.column.clone())
        };
        known(&name).or_else(|| {
            let (first, rest) = name.split_once('_')?;
            let is_own = first == object || self.files.get(first).is_some_and(|of| of == object);
            known(rest).filter(|_| is_own)
        })
    }
}

fn with_column<'a>(column: &str, layout: &'a Layout) -> std::result::Result<Vec<&'a str>, String> {
    let with = layout.objects().filter(|(_, table)| has(table, column));
    let objects: Vec<&str> = with.map(|(object, _)| object).collect();
    match objects.is_empty() {
        true => Err(format!("[columns] names no column `{column}`")),
        false => Ok(objects),
    }
}

fn has(table: &Table, column: &str) -> bool {
    table
        .columns
        .iter()
        .chain(&table.also)
        .any(|known| known == column)
}

/// A name as it is compared: `Größe (m²)` as `grosse_m2`.
pub(super) fn folded(name: &str) -> String {
    let plain: String = name.nfkd().filter(|c| !is_combining_mark(*c)).collect();
    normalised(&plain.replace('ß', "ss"))
}

fn refused(pack: &str, what: &str) -> Error {
    Error::new(Kind::Config, format!("sql/aliases/{pack}.toml {what}"))
        .hint("correct the file, or take the one that `deskferry init` writes")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn layout() -> Layout {
        Layout::parse(include_str!("../../sql/layout.toml")).unwrap()
    }

    const PACK: &str = "[files]\ncontact = ['Ansprechpartner']\ndeal = ['Opportunities']\n\
        [columns]\ncreated_at = ['Erstellt am']\nname = ['Titel']\n[contact]\nfirst_name = ['Vorname', 'Prénom']\n\
        [deal]\nname = ['Title']\nvalue_amount = ['Titel']\n";

    #[test]
    fn names_are_found_whatever_their_case_accents_and_frills() {
        let layout = layout();
        let aliases = Aliases::parse([("de", PACK)], &layout).unwrap();
        for (stem, object) in [
            ("x/Ansprechpartner", Some("contact")),
            ("Contacts", Some("contact")),
            ("all-contacts-2026-09-01", Some("contact")),
            ("Opportunities_export_3", Some("deal")),
            ("old", None),
        ] {
            assert_eq!(aliases.object_of(stem), object, "{stem}");
        }
        let column = |object: &str, header: &str| {
            aliases.column(object, layout.get(object).unwrap(), header)
        };
        assert_eq!(column("contact", "PRENOM").as_deref(), Some("first_name"));
        assert_eq!(
            column("contact", "Erstellt  am:").as_deref(),
            Some("created_at")
        );
        assert_eq!(column("contact", "Owner.id").as_deref(), Some("owner_id"));
        assert_eq!(column("deal", "Deal - Title").as_deref(), Some("name"));
        assert_eq!(
            column("deal", "Opportunities: Title").as_deref(),
            Some("name")
        );
        assert_eq!(column("contact", "Deal - Title"), None);
        // An object's own meaning counts before the shared one.
        assert_eq!(column("deal", "Titel").as_deref(), Some("value_amount"));
        assert_eq!(column("company", "Titel").as_deref(), Some("name"));
    }

    #[test]
    fn the_packs_of_this_repository_mean_one_thing_each() {
        let layout = layout();
        let packs = ["en", "de", "fr", "es", "it", "pt", "nl"].map(|pack| {
            let path = format!("{}/sql/aliases/{pack}.toml", env!("CARGO_MANIFEST_DIR"));
            (pack, std::fs::read_to_string(path).unwrap())
        });
        let packs = packs.iter().map(|(name, text)| (*name, text.as_str()));
        let aliases = Aliases::parse(packs, &layout).unwrap();
        let contact = |header| aliases.column("contact", layout.get("contact").unwrap(), header);
        for (header, column) in [
            ("Nachname", "last_name"),
            ("Nom de famille", "last_name"),
            ("Correo electrónico", "email"),
            ("Cellulare", "mobile"),
            ("Telefone", "phone"),
            ("E-mailadres", "email"),
            ("Contact - Organization", "company_name"),
            ("Owner.id", "owner_id"),
        ] {
            assert_eq!(contact(header).as_deref(), Some(column), "{header}");
        }
        for (file, object) in [
            ("Firmen", "company"),
            ("Opportunités", "deal"),
            ("Contactos", "contact"),
        ] {
            assert_eq!(aliases.object_of(file), Some(object));
        }
    }

    #[test]
    fn a_word_may_mean_several_things() {
        let pack = "[words]\ncountry = ['Stato']\nstatus = ['stato', 'situazione']\n";
        let aliases = Aliases::parse([("it", pack)], &layout()).unwrap();
        let words: Vec<(&str, &str)> = aliases.words().collect();
        assert_eq!(
            words,
            [
                ("situazione", "status"),
                ("stato", "country"),
                ("stato", "status")
            ]
        );
    }

    #[test]
    fn a_pack_that_means_nothing_is_refused() {
        for (pack, reason) in [
            ("[files]\ncustomer = ['x']", "names no object: `customer`"),
            (
                "[contact]\nnose = ['x']",
                "[contact] names no column `nose`",
            ),
            (
                "[columns]\nnose = ['x']",
                "[columns] names no column `nose`",
            ),
            (
                "[files]\ndeal = ['Contacts']",
                "calls both contact and deal `contacts`",
            ),
            (
                "[deal]\nname = ['x']\nsource = ['X']",
                "calls both name and source of deal `x`",
            ),
            ("files = 3", "cannot be read"),
        ] {
            let error = Aliases::parse([("xx", pack)], &layout()).unwrap_err();
            assert!(error.to_string().contains(reason), "{error}");
        }
    }
}
