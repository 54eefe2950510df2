//! `objects.toml`: the only wiring. One entry an object, one a piece of reference data.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::probes::Probe;
use crate::config::Edition;
use crate::error::{Error, Kind, Result};

/// The parsed file.
#[derive(Debug)]
pub struct Objects {
    /// Objects in the order of the file.
    pub entries: Vec<Object>,
    /// `[reads.<name>]` in the order of the file.
    pub reads: Vec<Read>,
    /// `[probes.<name>]` in the order of the file.
    pub probes: Vec<Probe>,
}

/// How one object travels.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Object {
    /// The object's name: `load_<name>`.
    #[serde(skip)]
    pub name: String,
    /// The object of the landed export.
    pub source: String,
    /// Whether quarantined rows of the source object are counted here; one of several that share a source says so.
    #[serde(default = "yes")]
    pub quarantine: bool,
    /// Path and plural key there.
    #[serde(default)]
    pub target: String,
    /// Singular key there, and the entity of filtered search.
    #[serde(default)]
    pub wrapper: String,
    /// What a child writes into `targetable_type` to point here.
    #[serde(default)]
    pub targetable: Option<String>,
    /// How a row is written.
    pub write: Write,
    /// Load column → unique identifier there, tried in order; bulk takes the first only.
    #[serde(default)]
    pub match_on: toml::map::Map<String, toml::Value>,
    /// Where the source id is kept there.
    #[serde(default)]
    pub marker: Option<String>,
    /// How a row of unknown outcome is looked up: one way, or several searches tried in order.
    #[serde(default, deserialize_with = "one_or_many")]
    pub find: Vec<Find>,
    /// How the stored records are read back.
    #[serde(default)]
    pub list: Option<List>,
    /// Request field → where the stored record shows it.
    #[serde(default)]
    pub stored_as: BTreeMap<String, String>,
    /// Lists that an update replaces as a whole, beside the account's own fields.
    #[serde(default)]
    pub replaced: Vec<String>,
    /// Links that the list may not show.
    #[serde(default)]
    pub links: Option<Links>,
    /// Fields endpoint there.
    #[serde(default)]
    pub fields: Option<String>,
    /// How its records are removed there; every object that is written says so.
    #[serde(default)]
    pub remove: Option<Remove>,
    /// The entry as it is in the classic edition, where `[<name>.classic]` says otherwise.
    #[serde(skip)]
    pub classic: Option<Box<Object>>,
}

/// How records are removed there.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Remove {
    /// A hundred ids a call, into the Recycle Bin.
    BulkDestroy,
    /// One id a call, into the Recycle Bin where the object has one.
    Delete,
    /// One id a call, for good.
    Forget,
    /// No record goes: the contacts leave their list.
    LeaveList,
    /// There is no route: an administrator does it by hand.
    ByHand,
}

/// How a row is written.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Write {
    /// One POST a record.
    Create,
    /// One upsert a record.
    Upsert,
    /// A hundred records a call, ids read back afterwards.
    BulkUpsert,
    /// One form a file: `_file_sha256` names the landed file, `_file_bytes` its size.
    Multipart,
    /// A hundred list members a call.
    ListMembers,
    /// Nothing is written: the record was found there by SQL.
    Match,
    /// A file in the bundle.
    Bundle,
    /// Listed, never migrated.
    Inventory,
}

/// How a row of unknown outcome is looked up.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "via", rename_all = "snake_case", deny_unknown_fields)]
pub enum Find {
    /// Filtered search for a request field's value.
    Search {
        /// The request field.
        column: String,
        /// The attribute's name in filtered search.
        attribute: String,
    },
    /// Among the children of the record it hangs on.
    Children {
        /// The `include` word and key of the children.
        include: String,
        /// The field that carries the marker text.
        marker: String,
    },
    /// Among the children of the record it hangs on, which show no marker: by what they show of it.
    Alike {
        /// Last part of the path, and key of the children.
        include: String,
        /// Load column → the field of a child that must show the same; the first must be shown.
        same: toml::map::Map<String, toml::Value>,
    },
    /// Through the whole list.
    Pages {
        /// The field that carries the marker text, or the name.
        marker: String,
    },
}

/// How the stored records are read back.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "via", rename_all = "snake_case", deny_unknown_fields)]
pub enum List {
    /// Saved views, by name.
    Views {
        /// The views' names.
        named: Vec<String>,
        /// What thin rows need beside them.
        #[serde(default)]
        include: Vec<String>,
    },
    /// A paged list, once for each filter.
    Pages {
        /// Values of `filter=`; none means one unfiltered list.
        #[serde(default)]
        filters: Vec<String>,
        /// What thin rows need beside them.
        #[serde(default)]
        include: Vec<String>,
    },
    /// The children of every record that has some.
    Children {
        /// Last part of the path, and key of the answer.
        include: String,
    },
    /// The contacts of every list.
    Members,
    /// Matched rows: the selector was read before.
    Selector,
}

/// Links of a record that a list may not show, and how the records at the other end show them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Links {
    /// The field that holds them: a list of objects with an `id`.
    pub field: String,
    /// The object at the other end.
    pub parents: String,
    /// The `include` word of that end's list, and the last part of the path below one record of it.
    pub include: String,
    /// Where a row of that list shows the ids.
    pub ids: String,
}

/// A piece of reference data.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Read {
    /// The relation is `raw_freshsales__<name>`.
    #[serde(skip)]
    pub name: String,
    /// Path below the base URL.
    pub path: String,
    /// Key of the array in the answer.
    pub root: String,
    /// The only edition that has it; in the other it has no rows.
    #[serde(default)]
    pub edition: Option<Edition>,
    /// An account may lack it or keep it to itself; then it has no rows.
    #[serde(default)]
    pub optional: bool,
}

fn one_or_many<'de, D: serde::Deserializer<'de>>(source: D) -> Result<Vec<Find>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Many(Vec<Find>),
        One(Find),
    }
    Ok(match Form::deserialize(source)? {
        Form::Many(many) => many,
        Form::One(one) => vec![one],
    })
}

fn yes() -> bool {
    true
}

/// Reads `objects.toml`.
///
/// # Errors
/// [`Kind::Config`] with the entry and TOML's own words.
pub fn parse(text: &str) -> Result<Objects> {
    let table: toml::Table = text
        .parse()
        .map_err(|e| refused("objects.toml is no TOML", e))?;
    let mut objects = Objects {
        entries: Vec::new(),
        reads: Vec::new(),
        probes: Vec::new(),
    };
    for (name, value) in table {
        match name.as_str() {
            "reads" => {
                for (name, read) in named::<Read>(&name, value)? {
                    objects.reads.push(Read { name, ..read });
                }
            }
            "probes" => {
                for (name, probe) in named::<Probe>(&name, value)? {
                    objects.probes.push(Probe { name, ..probe });
                }
            }
            _ => {
                objects.entries.push(entry(name, value)?);
            }
        }
    }
    Ok(objects)
}

/// The tables below `[section]`, each with its name.
fn named<T: serde::de::DeserializeOwned>(
    section: &str,
    value: toml::Value,
) -> Result<Vec<(String, T)>> {
    let declared: toml::Table = value
        .try_into()
        .map_err(|e| refused(&format!("[{section}]"), e))?;
    let entries = declared.into_iter().map(|(name, value)| {
        let entry = value
            .try_into()
            .map_err(|e| refused(&format!("[{section}.{name}]"), e))?;
        Ok((name, entry))
    });
    entries.collect()
}

/// An object with its two editions: `[<name>.classic]` replaces what it names.
fn entry(name: String, mut value: toml::Value) -> Result<Object> {
    let other = value.as_table_mut().and_then(|keys| keys.remove("classic"));
    let read = |keys: toml::Value, place: &str| -> Result<Object> {
        let read: Object = keys
            .try_into()
            .map_err(|e| refused(&format!("[{place}]"), e))?;
        let name = name.clone();
        Ok(Object { name, ..read })
    };
    let classic = match (other, value.as_table()) {
        (Some(toml::Value::Table(other)), Some(keys)) => {
            let mut keys = keys.clone();
            keys.extend(other);
            let place = format!("{name}.classic");
            Some(Box::new(read(toml::Value::Table(keys), &place)?))
        }
        (Some(other), _) => Some(Box::new(read(other, &format!("{name}.classic"))?)),
        (None, _) => None,
    };
    let suite = read(value, &name)?;
    Ok(Object { classic, ..suite })
}

fn refused(what: &str, cause: toml::de::Error) -> Error {
    Error::new(Kind::Config, format!("sql/objects.toml: {what} is refused"))
        .because(cause)
        .hint("sql/README.md shows an entry")
}

impl Write {
    /// The word in `objects.toml`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Upsert => "upsert",
            Self::BulkUpsert => "bulk_upsert",
            Self::Multipart => "multipart",
            Self::ListMembers => "list_members",
            Self::Match => "match",
            Self::Bundle => "bundle",
            Self::Inventory => "inventory",
        }
    }
}

impl Read {
    /// Whether accounts of this edition have it.
    #[must_use]
    pub fn is_in(&self, edition: Edition) -> bool {
        self.edition.is_none_or(|only| only == edition)
    }
}

impl Object {
    /// Load columns that identify a record there, with the identifier's name, in the order they are tried.
    pub fn keys(&self) -> impl Iterator<Item = (&str, &str)> {
        self.match_on
            .iter()
            .filter_map(|(column, key)| Some((column.as_str(), key.as_str()?)))
    }

    /// The entry as it is in an edition.
    #[must_use]
    pub fn in_edition(self, edition: Edition) -> Self {
        match (edition, self.classic) {
            (Edition::Classic, Some(classic)) => *classic,
            (_, classic) => Self { classic, ..self },
        }
    }

    /// Whether anything travels over the wire.
    #[must_use]
    pub fn is_sent(&self) -> bool {
        !matches!(self.write, Write::Match | Write::Bundle | Write::Inventory)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;

    fn built_in() -> Objects {
        let files = crate::catalog::built_in_files().unwrap();
        parse(&files["objects.toml"]).unwrap()
    }

    #[test]
    fn every_written_object_says_how_it_is_removed_and_no_other_does() {
        for object in built_in().entries {
            assert_eq!(object.remove.is_some(), object.is_sent(), "{}", object.name);
        }
    }

    #[test]
    fn a_way_to_remove_that_nobody_knows_is_refused() {
        let entry = "[things]\nsource = 'thing'\nwrite = 'create'\nremove = 'shred'\n";
        let error = parse(entry).unwrap_err();
        assert_eq!(error.kind(), Kind::Config);
    }
}

#[cfg(test)]
mod edition_tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const TEXT: &str = "[things]\nsource = 'thing'\ntarget = 'contacts'\nwrapper = 'contact'\nwrite = 'create'\n\
        [things.classic]\ntarget = 'leads'\nwrapper = 'lead'\n\
        [reads.stages]\npath = 'selector/lead_stages'\nroot = 'lead_stages'\nedition = 'classic'\n";

    #[test]
    fn an_edition_replaces_what_it_names_and_nothing_else() {
        let things = parse(TEXT).unwrap().entries.remove(0);
        assert_eq!(things.target, "contacts");
        let suite = things.clone().in_edition(Edition::Suite);
        assert_eq!(
            (suite.target.as_str(), suite.wrapper.as_str()),
            ("contacts", "contact")
        );
        let classic = things.in_edition(Edition::Classic);
        assert_eq!(
            (classic.target.as_str(), classic.wrapper.as_str()),
            ("leads", "lead")
        );
        assert_eq!(
            (classic.name.as_str(), classic.source.as_str()),
            ("things", "thing")
        );
        assert_eq!(classic.write, Write::Create);
    }

    #[test]
    fn a_read_can_belong_to_one_edition() {
        let stages = parse(TEXT).unwrap().reads.remove(0);
        assert!(stages.is_in(Edition::Classic) && !stages.is_in(Edition::Suite));
    }

    #[test]
    fn an_unknown_key_of_an_edition_is_refused_with_its_place() {
        let error = parse(&TEXT.replace("target = 'leads'", "taget = 'leads'")).unwrap_err();
        assert!(error.to_string().contains("[things.classic]"), "{error}");
        let error = parse(&TEXT.replace("edition = 'classic'", "edition = 'clasic'")).unwrap_err();
        assert!(error.to_string().contains("[reads.stages]"), "{error}");
    }
}
