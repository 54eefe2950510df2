//! What a workbook would weigh in memory, found out part by part before the library that holds it is let at it.

use std::cell::Cell;
use std::io::{self, BufRead, Read as _};
use std::sync::Arc;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::Limits;
use super::stretch::Stretch;

/// Strings that room is made for without a look at how many there are.
const FEW_STRINGS: u64 = 1 << 20;

/// Elements whose text is put together and held, however it is divided.
const HELD: [&str; 5] = ["is", "si", "v", "t", "f"];

/// Parts that are held as a whole, whatever they say they are.
const WHOLE: [&str; 3] = ["sharedstrings.xml", "styles.xml", "workbook.xml"];

/// Reads the part of a workbook at `path` to its end. The cells of a sheet come one by one; any other part is held as a whole.
///
/// # Errors
/// When a cell or a part is longer than `limits` allows, or claims more strings than there are bytes.
pub(super) fn weigh(path: &str, input: &mut dyn BufRead, limits: &Limits) -> io::Result<()> {
    let head = input.fill_buf()?;
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    if head.trim_ascii_start().first() != Some(&b'<') {
        let bytes = io::copy(&mut input.take(limits.held_bytes + 1), &mut io::sink())?;
        return within(bytes, limits);
    }
    let since = Cell::new(0);
    let part = Part {
        can_be_sheet: !WHOLE.iter().any(|name| path.to_lowercase().ends_with(name)),
        since: &since,
        limits,
    };
    part.weigh(Stretch::new(input, "cell", &since, limits))
}

fn within(bytes: u64, limits: &Limits) -> io::Result<()> {
    match bytes > limits.held_bytes {
        true => Err(io::Error::other(format!(
            "a part of it is longer than {} bytes",
            limits.held_bytes
        ))),
        false => Ok(()),
    }
}

/// A part that is made of elements.
struct Part<'a> {
    can_be_sheet: bool,
    since: &'a Cell<u64>,
    limits: &'a Limits,
}

impl Part<'_> {
    fn weigh(&self, input: Stretch) -> io::Result<()> {
        let mut reader = Reader::from_reader(input);
        // As the library reads it, so that an end here is an end there.
        let config = reader.config_mut();
        config.check_end_names = false;
        config.check_comments = false;
        config.expand_empty_elements = true;
        let (mut buffer, mut seen) = (Vec::new(), Seen::default());
        loop {
            buffer.clear();
            match reader.read_event_into(&mut buffer) {
                Ok(Event::Eof) => break,
                Ok(event) => seen.take(&event, self.can_be_sheet)?,
                Err(quick_xml::Error::Io(cause)) => {
                    let shared = |cause: Arc<io::Error>| io::Error::new(cause.kind(), cause);
                    return Err(Arc::try_unwrap(cause).unwrap_or_else(shared));
                }
                // Nothing behind it will be read.
                Err(_) => break,
            }
            if seen.holding.is_none() {
                self.since.set(0);
            }
            if seen.is_sheet != Some(true) {
                within(reader.buffer_position(), self.limits)?;
            }
        }
        seen.check(reader.buffer_position())?;
        io::copy(reader.into_inner().rest(), &mut io::sink()).map(|_| ())
    }
}

/// What was seen of a part.
#[derive(Default)]
struct Seen {
    /// The element whose text is being put together.
    holding: Option<&'static str>,
    /// None before the first element.
    is_sheet: Option<bool>,
    /// Strings that room would be made for.
    promised: u64,
}

impl Seen {
    fn take(&mut self, event: &Event, can_be_sheet: bool) -> io::Result<()> {
        match event {
            Event::DocType(_) => {
                let what = "a part of it defines a language of its own";
                return Err(io::Error::other(what));
            }
            Event::Start(element) => {
                let name = element.local_name();
                let is_sheet = can_be_sheet && name.as_ref() == "worksheet";
                self.is_sheet.get_or_insert(is_sheet);
                self.promised = self.promised.max(strings_of(element));
                let held = HELD.into_iter().find(|held| *held == name.as_ref());
                self.holding = self.holding.or(held);
            }
            Event::End(element) if self.holding == Some(element.local_name().as_ref()) => {
                self.holding = None;
            }
            _ => {}
        }
        Ok(())
    }

    /// Strings that are promised have to be in `bytes`.
    fn check(&self, bytes: u64) -> io::Result<()> {
        if self.promised > FEW_STRINGS.max(bytes) {
            let what = format!("it claims {} strings, which are not there", self.promised);
            return Err(io::Error::other(what));
        }
        Ok(())
    }
}

/// How many strings room would be made for.
fn strings_of(element: &BytesStart) -> u64 {
    if element.local_name().as_ref() != "sst" {
        return 0;
    }
    let mut attributes = element.attributes();
    let attributes = attributes.with_checks(false).flatten();
    let counts = attributes.filter(|attribute| attribute.key.as_ref() == "uniqueCount");
    let number = |text: &str| text.trim().parse().unwrap_or(u64::MAX);
    counts.map(|count| number(&count.value)).max().unwrap_or(0)
}
