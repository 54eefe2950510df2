//! `manifest.json`: what the export says about itself. It agrees with the bytes that were written.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Order;
use super::account::{exported_again_at, exported_at};

/// One file of the export.
#[derive(Clone, Debug)]
pub struct Listed {
    pub path: String,
    pub object: &'static str,
    /// Records that are in it, whether they can be read or not.
    pub rows: u64,
    pub bytes: u64,
    pub sha256: String,
}

/// Records in one file before it is cut.
pub const PART_ROWS: u64 = 100_000;

/// The document. Files that are not written canonically are described by nothing but their bytes.
pub fn document(order: &Order, listed: &[Listed], is_canonical: bool) -> Value {
    let time = if order.is_delta {
        exported_again_at()
    } else {
        exported_at()
    };
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for file in listed {
        *counts.entry(file.object).or_default() += file.rows;
    }
    let counts: Map<String, Value> = counts
        .into_iter()
        .map(|(object, rows)| (object.to_owned(), rows.into()))
        .collect();
    let files: Vec<Value> = listed
        .iter()
        .map(|file| {
            json!({"path": file.path, "object": file.object, "rows": file.rows, "bytes": file.bytes,
                   "sha256": file.sha256})
        })
        .collect();
    let mut document = json!({
        "format": "smartdesk-admin-export", "format_version": "1.0",
        "export_id": format!("exp_{}_{:04x}", time.strftime("%Y%m%d%H%M%S"), order.seed & 0xffff),
        "export_type": if order.is_delta { "delta" } else { "full" },
        "since": order.is_delta.then(|| exported_at().to_string()),
        "exported_at": time.to_string(), "exported_by": "admin@acme.example",
        "account": {"id": "acct_4410", "name": "Acme Ltd", "subdomain": "acme", "timezone": "Europe/Berlin",
                    "locale": "de-DE", "currency": "EUR", "plan": "Business"},
        "part_rows": PART_ROWS, "files": files, "counts": counts,
    });
    if is_canonical && let Some(document) = document.as_object_mut() {
        document.insert("csv".to_owned(), dialect());
    }
    document
}

fn dialect() -> Value {
    json!({"encoding": "utf-8", "bom": false, "delimiter": ",", "quote": "\"", "escape": "double", "newline": "\n",
           "header": "api_name", "null": "", "multi_separator": ";", "date": "YYYY-MM-DD", "datetime": "RFC3339",
           "decimal": "."})
}
