//! Files: one form a row. A file there shows no source id, so a row in doubt is told by what its record shows of its files.

use std::path::Path;

use serde_json::Value;

use super::journal::{self, Ending};
use super::look_up::record_id;
use super::sealed::{Action, Row, SealedFile};
use super::unit::endpoint;
use super::{Sending, Tally};
use crate::catalog::Find;
use crate::error::{Error, Kind, Result};
use crate::freshsales::{Listing, Upload};
use crate::landing;

/// Sends one row's file. One that is not what was landed is not sent, and stops the run.
pub async fn send(sending: &Sending, row: Row) -> Result<Tally> {
    if let (Action::Update, Some(id)) = (row.action, row.destination_id) {
        return irreplaceable(sending, row, id).await;
    }
    let upload = landed(sending, &row).await?;
    journal::intend(sending, std::slice::from_ref(&row), None).await?;
    let outcome = sending
        .client
        .upload(&endpoint(sending), &upload, &row.body)
        .await?;
    journal::settle(sending, vec![(row, Ending::from(outcome))]).await
}

/// There is no call that changes a file there. A second one beside the first would be a twin.
async fn irreplaceable(sending: &Sending, row: Row, id: i64) -> Result<Tally> {
    let reason = format!(
        "it changed since it was sent, and record {id} cannot be replaced there by a call: do it by hand"
    );
    let refused = Ending::Rejected {
        status: None,
        reason,
    };
    journal::settle(sending, vec![(row, refused)]).await
}

/// The landed file of a row, whose every byte is as it was landed.
async fn landed(sending: &Sending, row: &Row) -> Result<Upload> {
    let no_file = || {
        let text = format!("row {} has no file in the sealed load", row.source_id);
        Error::new(Kind::Bug, text)
    };
    let SealedFile { sha256, bytes, .. } = row.file.clone().ok_or_else(no_file)?;
    let path = sending.files.join(&sha256);
    let (wanted, at) = (sha256.clone(), path.clone());
    let found =
        tokio::task::spawn_blocking(move || landing::file_hash(&at).map(|found| found == wanted))
            .await
            .map_err(|_| Error::new(Kind::Bug, "the reading of a file broke off"))?;
    match found {
        Ok(true) => Ok(Upload {
            path,
            bytes,
            name: row
                .text("file_name")
                .unwrap_or_else(|| row.source_id.clone()),
        }),
        Ok(false) => Err(lost(row, &path, "has changed since it was landed")),
        Err(cause) => Err(lost(row, &path, "cannot be read").because(cause)),
    }
}

fn lost(row: &Row, path: &Path, what: &str) -> Error {
    let text = format!(
        "{} was not sent: its file {} {what}",
        row.source_id,
        path.display()
    );
    Error::new(Kind::Source, text).hint(
        "remove that file if it is there, `deskferry land` the export again, then `deskferry load`",
    )
}

/// Looks for the files of rows in doubt. What is there is kept by its id; what is not is sent. Which of several it is, is
/// not guessed: such a row stays in doubt.
pub async fn resolve(sending: &Sending, rows: Vec<Row>) -> Result<Tally> {
    let mut tally = Tally::default();
    for row in rows {
        let ending = match seen(sending, &row).await? {
            Seen {
                alike: 0,
                untold: 0,
                ..
            } => {
                let fresh = Row {
                    action: Action::Create,
                    ..row
                };
                tally.add(send(sending, fresh).await?);
                continue;
            }
            Seen {
                alike: 1,
                untold: 0,
                id,
            } if row.file.as_ref().is_none_or(|file| file.alike < 2) => Ending::Accepted { id },
            Seen { untold: 0, .. } => Ending::unknown(
                "its record shows files that it cannot be told from: remove those there, then load again",
            ),
            Seen { .. } => {
                Ending::unknown("its record shows files without the field they are told by")
            }
        };
        tally.add(journal::settle(sending, vec![(row, ending)]).await?);
    }
    Ok(tally)
}

/// What the files of a record say about one row.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    /// Those that can be the row's.
    alike: u64,
    /// The last one of them.
    id: Option<i64>,
    /// Those that do not say.
    untold: u64,
}

impl Seen {
    fn take(&mut self, row: &Row, same: &[(&str, &str)], child: &Value) {
        match likeness(row, same, child) {
            Some(true) => {
                self.alike += 1;
                self.id = record_id(child);
            }
            Some(false) => {}
            None => self.untold += 1,
        }
    }
}

async fn seen(sending: &Sending, row: &Row) -> Result<Seen> {
    let mut seen = Seen::default();
    let alike = sending.object.find.iter().find_map(|find| match find {
        Find::Alike { include, same } => Some((include, same)),
        _ => None,
    });
    let Some((include, same)) = alike else {
        let text = format!("`{}` cannot be looked up", sending.object.name);
        return Err(
            Error::new(Kind::Config, text).hint("sql/objects.toml: find = { via = \"alike\", … }")
        );
    };
    let same: Vec<(&str, &str)> = same
        .iter()
        .filter_map(|(column, field)| Some((column.as_str(), field.as_str()?)))
        .collect();
    let kind = row.text("targetable_type").unwrap_or_default();
    let parent = sending.parents.get(&kind).zip(row.text("targetable_id"));
    let Some((target, id)) = parent else {
        return Ok(seen);
    };
    let listing = Listing::Children {
        parent_path: format!("{target}/{id}/{include}"),
        root: include.clone(),
    };
    let mut take = |children: Vec<Value>| {
        children
            .iter()
            .for_each(|child| seen.take(row, &same, child));
        Ok(())
    };
    sending.client.list(&listing, &mut take).await?;
    Ok(seen)
}

/// Whether a child shows what the row has. What it does not show speaks for nothing, but without the first field it is
/// nobody's and anybody's.
fn likeness(row: &Row, same: &[(&str, &str)], child: &Value) -> Option<bool> {
    for (index, (column, field)) in same.iter().enumerate() {
        let shown = match child.get(field) {
            None | Some(Value::Null) if index == 0 => return None,
            None | Some(Value::Null) => continue,
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        let wanted = match (*column, &row.file) {
            ("_file_bytes", Some(file)) => Some(file.bytes.to_string()),
            ("_file_sha256", Some(file)) => Some(file.sha256.clone()),
            _ => row.text(column),
        };
        if wanted.as_deref() != Some(shown.as_str()) {
            return Some(false);
        }
    }
    Some(true)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use serde_json::json;

    use super::*;

    const SAME: [(&str, &str); 2] = [("file_name", "name"), ("_file_bytes", "size")];

    fn row() -> Row {
        let Value::Object(body) = json!({ "file_name": "a.pdf" }) else {
            panic!("a body");
        };
        Row {
            source_id: "att_1".to_owned(),
            action: Action::LookUp,
            destination_id: None,
            body,
            sent: None,
            body_hash: String::new(),
            file: Some(SealedFile {
                sha256: "aa".to_owned(),
                bytes: 9,
                alike: 1,
            }),
        }
    }

    #[test]
    fn a_child_is_alike_by_what_it_shows() {
        for (child, wanted) in [
            (json!({ "id": 1, "name": "a.pdf", "size": 9 }), Some(true)),
            (json!({ "id": 1, "name": "a.pdf", "size": "9" }), Some(true)),
            (json!({ "id": 1, "name": "a.pdf" }), Some(true)),
            (json!({ "id": 1, "name": "a.pdf", "size": 8 }), Some(false)),
            (json!({ "id": 1, "name": "b.pdf", "size": 9 }), Some(false)),
            (json!({ "id": 1, "size": 9 }), None),
        ] {
            assert_eq!(likeness(&row(), &SAME, &child), wanted, "{child}");
        }
    }

    #[test]
    fn what_a_record_shows_is_counted_and_the_one_is_named() {
        let mut seen = Seen::default();
        for child in [
            json!({ "id": 1, "name": "b.pdf", "size": 9 }),
            json!({ "id": "2", "name": "a.pdf", "size": 9 }),
        ] {
            seen.take(&row(), &SAME, &child);
        }
        let one = Seen {
            alike: 1,
            id: Some(2),
            untold: 0,
        };
        assert_eq!(seen, one);
        seen.take(&row(), &SAME, &json!({ "id": 3, "url": "x" }));
        assert_eq!(seen.untold, 1);
    }
}
