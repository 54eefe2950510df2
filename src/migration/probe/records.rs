//! The records of a probe: what they hold, and what no other record is called.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::catalog::{Catalog, Object, Probe, Remove, Trace};
use crate::error::{Error, Kind, Result};
use crate::freshsales::{BulkRow, Endpoint, Key, Removal, Scratch};

/// What the marker of every record begins with that a probe made, in whatever run.
pub(super) const MARK: &str = "deskferry probe ";

/// One kind of record to ask with.
pub(super) struct Sort<'a> {
    pub(super) probe: &'a Probe,
    pub(super) object: &'a Object,
    pub(super) to: Endpoint,
    /// How its records are found and removed; none where they go with the record they hang on.
    pub(super) scratch: Option<Scratch>,
}

/// What no other record of the run is called.
pub(super) struct Names {
    mark: String,
    unique: String,
}

/// Gives names.
pub(super) struct Namer<'a> {
    run_id: &'a str,
    count: u32,
}

impl<'a> Namer<'a> {
    pub(super) fn new(run_id: &'a str) -> Self {
        Self { run_id, count: 0 }
    }

    pub(super) fn next(&mut self) -> Names {
        self.count += 1;
        let name = format!("{} {}", self.run_id, self.count);
        Names {
            mark: format!("{MARK}{name}"),
            unique: format!("probe-{}", name.replace(' ', "-")).to_lowercase(),
        }
    }
}

/// A new record with a value of its own under a key; the key's name there is `name`.
pub(super) fn keyed(
    sort: &Sort<'_>,
    names: Names,
    (column, name): (&str, &str),
    with_optional: bool,
) -> BulkRow {
    let mut body = body(sort, &names, with_optional);
    let own = sort.probe.optional.get(column);
    let value = match own.map(|value| filled(value, &names)) {
        Some(Value::String(text)) => text,
        _ if column == sort.probe.marker => names.mark,
        _ => names.unique,
    };
    if column.starts_with("cf_") {
        set_custom(&mut body, [(column.to_owned(), value.as_str().into())]);
    } else {
        body.insert(column.to_owned(), value.as_str().into());
    }
    let key = Key {
        name: name.to_owned(),
        value,
    };
    BulkRow { key, body }
}

/// # Errors
/// [`Kind::Config`] for records that could not be removed.
pub(super) fn sort<'a>(catalog: &'a Catalog, probe: &'a Probe) -> Result<Sort<'a>> {
    let object = catalog.object(&probe.object)?;
    let goes_with_parent = probe.find == Trace::Parent && probe.on.is_some();
    let removal = match probe.remove {
        Remove::Delete => Some(Removal::Delete),
        Remove::Forget => Some(Removal::Forget),
        Remove::ByHand if goes_with_parent => None,
        Remove::BulkDestroy | Remove::LeaveList | Remove::ByHand => {
            let text = format!("the records of the probe `{}` would stay", probe.name);
            return Err(Error::new(Kind::Config, text)
                .hint("`remove` of a probe in sql/objects.toml is `forget` or `delete`"));
        }
    };
    let to = Endpoint {
        include: Vec::new(),
        target: object.target.clone(),
        wrapper: object.wrapper.clone(),
    };
    let scratch = removal.map(|removal| Scratch {
        to: to.clone(),
        removal,
        marker: probe.marker.clone(),
        is_searched: probe.find == Trace::Search,
    });
    Ok(Sort {
        probe,
        object,
        to,
        scratch,
    })
}

/// A smallest record.
pub(super) fn body(sort: &Sort<'_>, names: &Names, with_optional: bool) -> Map<String, Value> {
    let probe = sort.probe;
    let mut body = Map::new();
    body.insert(probe.marker.clone(), names.mark.as_str().into());
    let optional = probe.optional.iter().filter(|_| with_optional);
    for (name, value) in probe.body.iter().chain(optional) {
        body.insert(name.clone(), filled(value, names));
    }
    body
}

fn filled(value: &Value, names: &Names) -> Value {
    match value {
        Value::String(text) => {
            let now = format!("{:.0}", Timestamp::now());
            text.replace("{unique}", &names.unique)
                .replace("{now}", &now)
                .into()
        }
        other => other.clone(),
    }
}

/// Puts fields where custom ones belong.
pub(super) fn set_custom(
    body: &mut Map<String, Value>,
    fields: impl IntoIterator<Item = (String, Value)>,
) {
    let fields: Map<String, Value> = fields.into_iter().collect();
    if !fields.is_empty() {
        body.insert("custom_field".to_owned(), fields.into());
    }
}
