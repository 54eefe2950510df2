//! Pages that were read, on disk: an interrupted reading goes on behind the last one.
//!
//! ```text
//! <object>.jsonl         records, one a line
//! <object>.pages.jsonl   what was asked for, then a line a page: bytes so far, and where the next page is;
//!                        and a line for a place that was refused once
//! ```
//!
//! Records are on disk before the line of their page is. What stands behind the last whole line of a page is cut off.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::paging::Position;
use crate::error::{Error, Kind, Result};
use crate::source::container::hex;
use crate::source::shared::SharedFile;

/// An older reading is begun anew: its pages would be of another time than those that follow.
const OLDEST: SignedDuration = SignedDuration::from_hours(24);

/// Empty pages in a row that a list may have before it counts as one without an end.
const MOST_EMPTY_PAGES: u64 = 100;

const RECORDS: &str = "jsonl";
const PAGES: &str = "pages.jsonl";

/// The first line: what the pages are of.
#[derive(Serialize, Deserialize)]
struct Begun {
    asked: String,
    begun_at: Timestamp,
}

/// A page that is here.
#[derive(Debug, Serialize, Deserialize)]
struct Page {
    /// Length of the records with it.
    bytes: u64,
    records: u64,
    /// Of its records.
    hash: String,
    /// Records that there are in all, as the source says.
    #[serde(default)]
    total: Option<u64>,
    next: Option<Position>,
}

/// The line that says: the place behind the last page was refused once.
const REFUSED: &str = "refused";

/// A page that just came.
pub(super) struct Fresh {
    /// Its records, one a line.
    pub(super) lines: Vec<u8>,
    pub(super) records: u64,
    /// Records that there are in all, where the answer says so.
    pub(super) total: Option<u64>,
    pub(super) next: Option<Position>,
}

/// The pages of one object.
pub(super) struct Spool {
    folder: PathBuf,
    object: String,
    records: File,
    pages: File,
    last: Option<Page>,
    /// Every page that was asked for.
    seen: HashSet<String>,
    page_count: u64,
    record_count: u64,
    empty_pages: u64,
    /// Records of the fullest page.
    most_records: u64,
    /// The place behind the last page was refused before this run.
    was_refused: bool,
    /// A first refusal: what is here stays.
    is_spared: bool,
}

impl Spool {
    /// Opens the pages of an object; they are begun anew when something else was asked for, or long ago.
    ///
    /// # Errors
    /// `Kind::Config` when the files cannot be written.
    pub(super) fn open(folder: &Path, object: &str, asked: &str, now: Timestamp) -> Result<Self> {
        let opened = Self::opened(folder, object, asked, now);
        opened.map_err(|cause| unwritable(folder, cause))
    }

    fn opened(folder: &Path, object: &str, asked: &str, now: Timestamp) -> io::Result<Self> {
        let mut spool = Self {
            folder: folder.to_owned(),
            object: object.to_owned(),
            records: private(&folder.join(format!("{object}.{RECORDS}")))?,
            pages: private(&folder.join(format!("{object}.{PAGES}")))?,
            last: None,
            seen: HashSet::new(),
            page_count: 0,
            record_count: 0,
            empty_pages: 0,
            most_records: 0,
            was_refused: false,
            is_spared: false,
        };
        let text = io::read_to_string(&spool.pages).unwrap_or_default();
        let valid = spool.replay(&text, asked, now);
        let kept = spool.last.as_ref().map_or(0, |page| page.bytes);
        if valid == 0 || spool.records.metadata()?.len() < kept {
            spool.begin(asked, now)?;
        } else {
            spool.pages.set_len(valid)?;
            spool.records.set_len(kept)?;
        }
        for file in [&mut spool.records, &mut spool.pages] {
            file.seek(SeekFrom::End(0))?;
        }
        Ok(spool)
    }

    /// Takes in the pages of an earlier run. Gives how many bytes of the text hold: none when they are no use.
    fn replay(&mut self, text: &str, asked: &str, now: Timestamp) -> u64 {
        let mut lines = text
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'));
        let begun = lines
            .next()
            .and_then(|line| Some((line.len(), serde_json::from_str::<Begun>(line).ok()?)));
        let Some((length, begun)) = begun else {
            return 0;
        };
        let age = now.duration_since(begun.begun_at);
        if begun.asked != asked || age > OLDEST || age.is_negative() {
            return 0;
        }
        let mut valid = length as u64;
        for line in lines {
            if let Ok(page) = serde_json::from_str::<Page>(line) {
                self.count(page);
            } else if serde_json::from_str::<String>(line).is_ok_and(|word| word == REFUSED) {
                self.was_refused = true;
            } else {
                break;
            }
            valid += line.len() as u64;
        }
        valid
    }

    fn begin(&mut self, asked: &str, now: Timestamp) -> io::Result<()> {
        self.last = None;
        self.seen.clear();
        (self.page_count, self.record_count, self.empty_pages) = (0, 0, 0);
        (self.most_records, self.was_refused) = (0, false);
        for file in [&mut self.records, &mut self.pages] {
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))?;
        }
        let begun = Begun {
            asked: asked.to_owned(),
            begun_at: now,
        };
        self.write_page_line(&begun)
    }

    fn write_page_line(&mut self, line: &impl Serialize) -> io::Result<()> {
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        self.pages.write_all(text.as_bytes())?;
        self.pages.sync_data()
    }

    fn count(&mut self, page: Page) {
        self.page_count += 1;
        self.record_count += page.records;
        self.empty_pages = if page.records == 0 {
            self.empty_pages + 1
        } else {
            0
        };
        self.most_records = self.most_records.max(page.records);
        self.was_refused = false;
        self.seen.extend(page.next.as_ref().map(key));
        self.last = Some(page);
    }

    /// The next place was refused: what is here stays the first time, for the second run may fare better there.
    pub(super) fn refuse(&mut self) -> Result<()> {
        if self.page_count == 0 || self.was_refused {
            return Ok(());
        }
        let written = self.write_page_line(&REFUSED);
        written.map_err(|cause| unwritable(&self.folder, cause))?;
        self.is_spared = true;
        Ok(())
    }

    /// Whether what is here stays, though the list cannot be used today.
    pub(super) fn is_spared(&self) -> bool {
        self.is_spared
    }

    /// Records of the last page and of the fullest one; none where no page is here.
    pub(super) fn fullness(&self) -> Option<(u64, u64)> {
        let last = self.last.as_ref()?;
        Some((last.records, self.most_records))
    }

    /// Records that there are in all, as the source said last.
    pub(super) fn total(&self) -> Option<u64> {
        self.last.as_ref()?.total
    }

    /// Pages that are here.
    pub(super) fn page_count(&self) -> u64 {
        self.page_count
    }

    /// Records on them.
    pub(super) fn record_count(&self) -> u64 {
        self.record_count
    }

    /// Bytes of them.
    pub(super) fn bytes(&self) -> u64 {
        self.last.as_ref().map_or(0, |page| page.bytes)
    }

    /// The page to ask for; none when all are here.
    pub(super) fn next(&self, start: Position) -> Option<Position> {
        match &self.last {
            None => Some(start),
            Some(page) => page.next.clone(),
        }
    }

    /// Keeps the page at `at`. Before that it is held against the others: a list without an end is refused.
    ///
    /// # Errors
    /// `Kind::Source` when pages repeat; `Kind::Config` when they cannot be written.
    pub(super) fn keep(&mut self, at: &Position, fresh: Fresh) -> Result<()> {
        self.seen.insert(key(at));
        let page = Page {
            bytes: self.bytes() + fresh.lines.len() as u64,
            records: fresh.records,
            hash: hex(&Sha256::digest(&fresh.lines)),
            // The last page may have no body to say it in.
            total: fresh.total.or(self.total()),
            next: fresh.next,
        };
        self.check(&page).map_err(|what| {
            Error::new(Kind::Source, format!("endpoint `{}` {what}", self.object)).hint(
                "check its `pagination` in source.toml against the source's own documentation",
            )
        })?;
        let written = self
            .records
            .write_all(&fresh.lines)
            .and_then(|()| self.records.sync_data());
        let written = written.and_then(|()| self.write_page_line(&page));
        written.map_err(|cause| unwritable(&self.folder, cause))?;
        self.count(page);
        Ok(())
    }

    fn check(&self, page: &Page) -> Result<(), String> {
        let number = self.page_count + 1;
        let is_same = |last: &Page| last.records > 0 && last.hash == page.hash;
        if self.last.as_ref().is_some_and(is_same) {
            return Err(format!("gives page {} again as page {number}", number - 1));
        }
        if page
            .next
            .as_ref()
            .is_some_and(|next| self.seen.contains(&key(next)))
        {
            return Err(format!(
                "leads in a circle: page {number} is followed by one that was read before"
            ));
        }
        if page.records == 0 && self.empty_pages >= MOST_EMPTY_PAGES {
            return Err(format!(
                "has no end: {MOST_EMPTY_PAGES} pages in a row are empty"
            ));
        }
        Ok(())
    }

    /// All records, to be read from the start.
    pub(super) fn shared(&self) -> Result<SharedFile> {
        let path = self.folder.join(format!("{}.{RECORDS}", self.object));
        SharedFile::open(&path).map_err(|cause| unwritable(&self.folder, cause))
    }

    /// Forgets the pages: what they are of cannot go on.
    pub(super) fn forget(self) -> Result<()> {
        // The pages first: without them the records are of no use, and are overwritten.
        let mut kinds = [PAGES, RECORDS].into_iter();
        let path = |kind| self.folder.join(format!("{}.{kind}", self.object));
        let removed = kinds.try_for_each(|kind| remove(&path(kind)));
        removed.map_err(|cause| unremovable(&self.folder, cause))
    }
}

/// Removes the pages of all objects from a folder, also those of endpoints that nothing declares any more.
///
/// # Errors
/// `Kind::Config` when a file cannot be removed.
pub fn forget_pages(folder: &Path) -> Result<()> {
    let removed = pages(folder).and_then(|pages| pages.iter().try_for_each(|page| remove(page)));
    removed.map_err(|cause| unremovable(folder, cause))
}

/// All files that hold pages, whatever their endpoint is or was called.
fn pages(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let files = fs::read_dir(folder)?.map(|file| Ok(file?.path()));
    let files = files.collect::<io::Result<Vec<_>>>()?;
    let is_page = |path: &PathBuf| path.extension().is_some_and(|ending| ending == RECORDS);
    Ok(files.into_iter().filter(is_page).collect())
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(cause),
        _ => Ok(()),
    }
}

fn unremovable(folder: &Path, cause: io::Error) -> Error {
    let folder = folder.display();
    let text = format!("pages of no more use cannot be removed from `{folder}`");
    Error::new(Kind::Config, text)
        .hint("they hold people's data: check the owner of the folder, and run `deskferry land` again")
        .because(cause)
}

fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600);
    options.open(path)
}

fn key(position: &Position) -> String {
    let text = format!("{position:?}");
    hex(&Sha256::digest(text)[..16])
}

fn unwritable(folder: &Path, cause: io::Error) -> Error {
    Error::new(
        Kind::Config,
        format!("pages cannot be kept in `{}`", folder.display()),
    )
    .hint("check the free space and the owner of the workspace's staging folder")
    .because(cause)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use tempfile::TempDir;

    use super::*;

    fn now() -> Timestamp {
        "2026-03-04T12:00:00Z".parse().unwrap()
    }

    fn open(folder: &TempDir) -> Spool {
        Spool::open(folder.path(), "a", "asked", now()).unwrap()
    }

    fn number(number: u64) -> Position {
        Position::Number(number)
    }

    /// A page with one record.
    fn page(id: u64, next: u64) -> Fresh {
        Fresh {
            lines: format!("{{\"id\":{id}}}\n").into_bytes(),
            records: 1,
            total: None,
            next: Some(number(next)),
        }
    }

    /// Keeps page `at` with one record.
    fn keep(spool: &mut Spool, at: u64) -> Result<()> {
        spool.keep(&number(at), page(at, at + 1))
    }

    fn text(spool: &Spool) -> String {
        io::read_to_string(spool.shared().unwrap()).unwrap()
    }

    #[test]
    fn a_reading_goes_on_behind_the_last_whole_page() {
        let folder = TempDir::new().unwrap();
        let mut spool = open(&folder);
        assert_eq!(spool.next(number(1)), Some(number(1)));
        keep(&mut spool, 1).unwrap();
        keep(&mut spool, 2).unwrap();
        let pages = folder.path().join("a.pages.jsonl");
        let whole = fs::read_to_string(&pages).unwrap();
        // A kill while the third page is written: its records are there, its line is not whole.
        keep(&mut spool, 3).unwrap();
        for torn in ["", "{\"bytes\":27,", "{\"bytes\":27,\n"] {
            fs::write(&pages, format!("{whole}{torn}")).unwrap();
            let mut spool = open(&folder);
            assert_eq!(spool.next(number(1)), Some(number(3)), "{torn}");
            assert_eq!((spool.page_count(), spool.record_count()), (2, 2));
            keep(&mut spool, 3).unwrap();
            assert_eq!(text(&spool), "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n");
            assert_eq!(open(&folder).page_count(), 3);
        }
    }

    #[test]
    fn what_is_of_no_use_is_begun_anew() {
        let later = now() + SignedDuration::from_hours(25);
        for (asked, at) in [
            ("otherwise", now()),
            ("asked", later),
            ("asked", now() - SignedDuration::from_hours(1)),
        ] {
            let folder = TempDir::new().unwrap();
            keep(&mut open(&folder), 1).unwrap();
            let spool = Spool::open(folder.path(), "a", asked, at).unwrap();
            assert_eq!((spool.page_count(), text(&spool)), (0, String::new()));
        }
        let folder = TempDir::new().unwrap();
        keep(&mut open(&folder), 1).unwrap();
        fs::write(folder.path().join("a.jsonl"), "").unwrap();
        assert_eq!(open(&folder).page_count(), 0);
    }

    #[test]
    fn a_list_without_an_end_is_refused() {
        let folder = TempDir::new().unwrap();
        let mut spool = open(&folder);
        keep(&mut spool, 1).unwrap();
        let same = spool.keep(&number(2), page(1, 3));
        assert!(same.unwrap_err().to_string().contains("page 1 again"));
        let circle = spool.keep(&number(2), page(2, 1));
        assert!(circle.unwrap_err().to_string().contains("circle"));
        // Also when the page it leads back to was read by an earlier run.
        let circle = open(&folder).keep(&number(2), page(2, 2));
        assert!(circle.unwrap_err().to_string().contains("circle"));
        let empty = |next| Fresh {
            lines: Vec::new(),
            records: 0,
            ..page(0, next)
        };
        for at in 0..MOST_EMPTY_PAGES {
            spool.keep(&number(at + 10), empty(at + 11)).unwrap();
        }
        let empty = spool.keep(&number(500), empty(501));
        assert!(empty.unwrap_err().to_string().contains("no end"));
        assert_eq!(
            fs::metadata(folder.path().join("a.jsonl")).unwrap().len(),
            9
        );
    }

    #[test]
    fn what_was_refused_once_stays_and_what_was_refused_twice_does_not() {
        let folder = TempDir::new().unwrap();
        let refused = |spool: &mut Spool| {
            spool.refuse().unwrap();
            spool.is_spared()
        };
        assert!(!refused(&mut open(&folder)), "nothing is here");
        keep(&mut open(&folder), 1).unwrap();
        assert!(refused(&mut open(&folder)));
        keep(&mut open(&folder), 2).unwrap();
        assert!(refused(&mut open(&folder)), "another place");
        let mut spool = open(&folder);
        assert_eq!(spool.page_count(), 2);
        assert!(!refused(&mut spool));
    }

    #[test]
    fn what_the_source_counts_is_known_to_the_end() {
        let folder = TempDir::new().unwrap();
        let total = Some(7);
        let counted = Fresh {
            total,
            ..page(1, 2)
        };
        open(&folder).keep(&number(1), counted).unwrap();
        keep(&mut open(&folder), 2).unwrap();
        assert_eq!(open(&folder).total(), total);
        assert_eq!(open(&folder).fullness(), Some((1, 1)));
    }

    #[test]
    fn pages_belong_to_their_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = TempDir::new().unwrap();
        keep(&mut open(&folder), 1).unwrap();
        for file in ["a.jsonl", "a.pages.jsonl"] {
            let mode = fs::metadata(folder.path().join(file))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        open(&folder).forget().unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn all_pages_are_forgotten_and_nothing_else() {
        let folder = TempDir::new().unwrap();
        keep(&mut open(&folder), 1).unwrap();
        let other = folder.path().join("state.json");
        fs::write(&other, "").unwrap();
        forget_pages(folder.path()).unwrap();
        let left = fs::read_dir(folder.path()).unwrap();
        let left: Vec<PathBuf> = left.map(|file| file.unwrap().path()).collect();
        assert_eq!(left, [other]);
    }
}
