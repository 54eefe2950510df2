//! The state file: what an account remembers when the simulator is stopped or killed.
//!
//! It is a text of lines. The first one says whose state it is; every other one is a JSON array with the changes of
//! one call, and it is written before the call is answered. So a call is in the file as a whole or not at all, and a
//! last line that was torn is a call that nobody got an answer to. When most lines are outdated, the file is written
//! anew beside itself and swapped in.
//!
//! It is safe against the death of the process, not against that of the machine: nothing is synced to the disk.
//! What is not kept: faults that are no switches, how often one has fired, the list of calls, the latest calls at the gateway. A lagging index knows everything
//! after a restart.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead as _, BufReader, BufWriter, Seek as _, SeekFrom, Write};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::allowance::Window;
use super::answer::Fields;
use super::bulk::{Job, Report};
use super::crm::{Entity, List, Record, World};
use crate::error::{Error, Kind, Result};

/// Outdated changes that are always allowed.
const SLACK: usize = 20_000;

/// Only its owner reads it: it holds people's data.
const MODE: u32 = 0o600;

/// One change of an account.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change<'a> {
    /// A record is new or has changed.
    Put {
        /// Its object.
        entity: Entity,
        /// The whole of it.
        record: Cow<'a, Record>,
    },
    /// A record is removed for good.
    Forget {
        /// Its object.
        entity: Entity,
        /// Its id.
        id: u64,
    },
    /// A marketing list is new or has another name.
    List {
        /// Its id.
        id: u64,
        /// The whole of it.
        list: Cow<'a, List>,
    },
    /// A bulk job was taken.
    Job {
        /// Its id.
        id: u64,
        /// With its rows.
        job: Cow<'a, Job>,
    },
    /// Somebody has asked for a job.
    Polled {
        /// Its id.
        id: u64,
    },
    /// The rows of a job are written.
    Done {
        /// Its id.
        id: u64,
        /// How it ended.
        report: Cow<'a, Report>,
    },
    /// Switches were changed while it ran.
    Switches {
        /// Those alone, as `settings` has them.
        settings: Cow<'a, Fields>,
    },
    /// The clock was moved, or runs fast.
    Clock {
        /// How far it is ahead of the machine's.
        ahead_millis: i64,
    },
    /// A call was counted.
    Calls {
        /// Those of its hour.
        hour: Window,
        /// Those of its minute.
        minute: Window,
    },
    /// The last ids that were given, also of records that are gone.
    Sequences {
        /// By object.
        ids: BTreeMap<Entity, u64>,
        /// Of e-mail addresses.
        emails: u64,
        /// Of bulk jobs, of which the old ones are forgotten.
        jobs: u64,
    },
}

/// The first line.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Header {
    /// Version of the form.
    deskferry_simulator_state: u32,
    /// Whose state it is: hash of the account's seed.
    seed: String,
}

/// Changes on their way into the file. Without a file nothing is kept.
#[derive(Debug, Default)]
pub struct Journal {
    keeper: Option<Keeper>,
    /// The line of the present call, still open.
    line: Vec<u8>,
    /// Changes in the file.
    changes: usize,
}

#[derive(Debug)]
struct Keeper {
    path: PathBuf,
    header: Header,
    file: File,
    /// Bytes of whole lines.
    length: u64,
    /// Part of a line may stand behind them.
    is_torn: bool,
}

/// What a state file belongs to. The switches of a start are left out: they may differ from one to the next. Those
/// changed while it ran are in the file and win.
pub fn identity(seed: &Value, prefix: &str) -> String {
    let mut account = seed.clone();
    if let Value::Object(account) = &mut account {
        account.shift_remove("settings");
    }
    let hash = Sha256::digest(format!("{prefix} {account}"));
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Journal {
    /// Adds a change to the line of the present call.
    pub fn note(&mut self, change: &Change) {
        if self.keeper.is_none() {
            return;
        }
        let start = if self.line.is_empty() { b'[' } else { b',' };
        self.line.push(start);
        self.changes += 1;
        // Nothing but numbers, texts and lists of them: it cannot fail, and memory takes every byte.
        drop(serde_json::to_writer(&mut self.line, change));
    }

    /// Writes the line of the present call. When it fails, the line stays for the next try.
    fn flush(&mut self) -> io::Result<()> {
        let Some(keeper) = self.keeper.as_mut().filter(|_| !self.line.is_empty()) else {
            return Ok(());
        };
        let open = self.line.len();
        self.line.extend_from_slice(b"]\n");
        let written = keeper.append(&self.line);
        match &written {
            Ok(()) => self.line.clear(),
            Err(_) => self.line.truncate(open),
        }
        written
    }
}

impl Keeper {
    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        if self.is_torn {
            // Half a line must not stand before the next one.
            self.file.set_len(self.length)?;
            self.file.seek(SeekFrom::Start(self.length))?;
        }
        self.is_torn = true;
        self.file.write_all(line)?;
        self.is_torn = false;
        self.length += line.len() as u64;
        Ok(())
    }
}

/// Writes what the present call has changed; only then may it be answered.
///
/// # Errors
/// When the file takes no more. The change is done in memory and will be written with the next one.
pub fn keep(world: &mut World) -> io::Result<()> {
    if !world.journal.line.is_empty() {
        world.note_fast_clock();
    }
    world.journal.flush()?;
    if world.journal.changes > 2 * world.size() + SLACK && rewrite(world).is_err() {
        // The long file is as good; another try comes when it has grown by as much again.
        world.journal.changes = 0;
    }
    Ok(())
}

/// Begins the file anew with what there is.
///
/// # Errors
/// When it cannot be written; the file as it was stays.
pub fn rewrite(world: &mut World) -> io::Result<()> {
    let Some(keeper) = &world.journal.keeper else {
        return Ok(());
    };
    let (file, length) = write_whole(world, &keeper.path, &keeper.header)?;
    let changes = world.size();
    if let Some(keeper) = &mut world.journal.keeper {
        (keeper.file, keeper.length, keeper.is_torn) = (file, length, false);
    }
    world.journal.line.clear();
    world.journal.changes = changes;
    Ok(())
}

/// Writes a whole state file beside `path` and swaps it in.
fn write_whole(world: &World, path: &Path, header: &Header) -> io::Result<(File, u64)> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(MODE)
        .open(&beside)?;
    file.set_permissions(std::fs::Permissions::from_mode(MODE))?;
    file.try_lock()?;
    let mut writer = BufWriter::new(file);
    serde_json::to_writer(&mut writer, header)?;
    writer.write_all(b"\n")?;
    for change in world.changes() {
        serde_json::to_writer(&mut writer, &[change])?;
        writer.write_all(b"\n")?;
    }
    let mut file = writer.into_inner().map_err(|error| error.into_error())?;
    let length = file.stream_position()?;
    std::fs::rename(&beside, path)?;
    Ok((file, length))
}

/// The account of a state file; when there is none, `fresh` is it and the file is begun.
///
/// # Errors
/// `Config` for a file of another seed, one in use, one that cannot be read or written, or is no state file.
pub fn open(
    path: &Path,
    identity: String,
    empty: World,
    fresh: impl FnOnce() -> Result<World>,
) -> Result<World> {
    let header = Header {
        deskferry_simulator_state: 1,
        seed: identity,
    };
    let found = OpenOptions::new().read(true).write(true).open(path);
    let file = match found {
        Ok(file) => file,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
            return begin(path, header, fresh()?);
        }
        Err(cause) => return Err(unusable(path).because(cause)),
    };
    file.try_lock().map_err(|why| match why {
        TryLockError::WouldBlock => refuse(path, "is in use")
            .hint("another simulator has it: end that one, or give another --state FILE"),
        TryLockError::Error(cause) => unusable(path).because(cause),
    })?;
    read(path, header, file, empty)
}

fn begin(path: &Path, header: Header, mut world: World) -> Result<World> {
    let begun = write_whole(&world, path, &header);
    let (file, length) = begun.map_err(|cause| unusable(path).because(cause))?;
    world.journal = Journal {
        changes: world.size(),
        line: Vec::new(),
        keeper: Some(Keeper {
            path: path.to_owned(),
            header,
            file,
            length,
            is_torn: false,
        }),
    };
    Ok(world)
}

fn read(path: &Path, header: Header, mut file: File, mut world: World) -> Result<World> {
    let io = |cause: io::Error| unusable(path).because(cause);
    let mut lines = BufReader::with_capacity(1 << 20, &file);
    let mut length = check_header(path, &header, &mut lines)?;
    let (mut number, mut changes, mut line) = (1, 0, Vec::new());
    loop {
        line.clear();
        let read = lines.read_until(b'\n', &mut line).map_err(io)?;
        if read == 0 || line.last() != Some(&b'\n') {
            break;
        }
        number += 1;
        changes += replay(path, (number, &line), &mut world)?;
        length += read as u64;
    }
    // What is behind the last whole line was never acknowledged.
    file.set_len(length).map_err(io)?;
    file.seek(SeekFrom::End(0)).map_err(io)?;
    file.set_permissions(std::fs::Permissions::from_mode(MODE))
        .map_err(io)?;
    world.journal = Journal {
        changes,
        line: Vec::new(),
        keeper: Some(Keeper {
            path: path.to_owned(),
            header,
            file,
            length,
            is_torn: false,
        }),
    };
    world.begin();
    keep(&mut world).map_err(io)?;
    Ok(world)
}

/// Does again what a line says, and gives how many changes those were.
fn replay(path: &Path, (number, line): (usize, &[u8]), world: &mut World) -> Result<usize> {
    let call: Vec<Change> = serde_json::from_slice(line).map_err(|_| {
        refuse(path, &format!("is damaged in line {number}"))
            .hint("move it away, and the simulator begins again with the seed")
    })?;
    let changes = call.len();
    for change in call {
        world.replay(change).map_err(|problem| {
            let why = format!("does not fit in line {number}: {problem}");
            refuse(path, &why)
                .hint("start it with the profile under which its switches were changed")
        })?;
    }
    Ok(changes)
}

/// Reads the first line and gives its length.
fn check_header(path: &Path, own: &Header, lines: &mut BufReader<&File>) -> Result<u64> {
    let mut line = Vec::new();
    let read = io::Read::take(lines, 4096).read_until(b'\n', &mut line);
    let read = read.map_err(|cause| unusable(path).because(cause))?;
    let found: Header = serde_json::from_slice(&line).map_err(|_| {
        refuse(path, "is no state of a simulator")
            .hint("nothing was changed in it; give another --state FILE")
    })?;
    if found != *own {
        return Err(refuse(path, "belongs to another seed, edition or version")
            .hint("start it with the seed of its first start, or give another --state FILE"));
    }
    Ok(read as u64)
}

fn refuse(path: &Path, problem: &str) -> Error {
    let problem = format!(
        "the simulator was not started: the state file {} {problem}",
        path.display()
    );
    Error::new(Kind::Config, problem)
}

fn unusable(path: &Path) -> Error {
    refuse(path, "cannot be read and written")
        .hint("its folder must exist, and both must be yours to write")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::account;
    use super::super::seed::Seed;
    use super::*;
    use serde_json::json;

    fn seed() -> Seed {
        let text = include_str!("tests/seed.json");
        Seed::read(&serde_json::from_str(text).unwrap(), &Fields::new()).unwrap()
    }

    fn open_at(path: &Path) -> World {
        let empty = World::new(seed(), String::new());
        let fresh = || account::open(&seed(), "");
        open(path, "same".to_owned(), empty, fresh).unwrap()
    }

    fn contact(name: &str) -> serde_json::Map<String, Value> {
        let fields = json!({"last_name": name, "emails": [{"value": format!("{name}@x.test")}]});
        fields.as_object().unwrap().clone()
    }

    fn said(world: &World) -> Vec<String> {
        let text = |change: Change| serde_json::to_string(&change).unwrap();
        world.changes().map(text).collect()
    }

    #[test]
    fn what_was_kept_is_there_without_a_farewell() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let mut world = open_at(&path);
        let id = world.add(Entity::Contacts, None, contact("ann"), None);
        world.add_list(None, "Spring");
        world.advance(60);
        keep(&mut world).unwrap();
        let before = said(&world);
        world.add(Entity::Contacts, None, contact("bob"), None);
        drop(world);
        let world = open_at(&path);
        assert_eq!(said(&world), before, "bob was not acknowledged");
        assert!(world.table(Entity::Contacts).is_live(id));
    }

    #[test]
    fn a_file_of_outdated_lines_is_written_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let mut world = open_at(&path);
        let mut largest = 0;
        world.add(Entity::Contacts, None, contact("ann"), None);
        for _ in 0..SLACK + 100 {
            world.add_list(Some(1), "Spring");
            keep(&mut world).unwrap();
            largest = largest.max(world.journal.keeper.as_ref().unwrap().length);
        }
        let length = std::fs::metadata(&path).unwrap().len();
        assert!(length * 10 < largest, "{length} of {largest} bytes");
        assert_eq!(length, world.journal.keeper.as_ref().unwrap().length);
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            MODE
        );
        let before = said(&world);
        drop(world);
        assert_eq!(said(&open_at(&path)), before);
    }

    #[test]
    fn what_a_full_disk_refused_is_written_with_the_next_call() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let mut world = open_at(&path);
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let keeper = world.journal.keeper.as_mut().unwrap();
        let file = std::mem::replace(&mut keeper.file, full);
        world.add(Entity::Contacts, None, contact("ann"), None);
        assert!(keep(&mut world).is_err());
        // As when only a part of the line had found room.
        (&file).write_all(b"[{\"put\":").unwrap();
        world.journal.keeper.as_mut().unwrap().file = file;
        world.add(Entity::Contacts, None, contact("bob"), None);
        keep(&mut world).unwrap();
        let before = said(&world);
        drop(world);
        assert_eq!(said(&open_at(&path)), before);
    }
}
