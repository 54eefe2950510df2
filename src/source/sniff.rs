//! How a file is written, found out from the file: encoding, delimiter, escape, and where its header stands.

use std::io::{self, BufRead};

use encoding_rs::Encoding;

use super::Limits;
use super::choices::{Choice, Choices};
use super::container::{Entry, Place};
use super::delimiter::{DELIMITERS, Fit, delimiter_name, delimiter_of, is_delimiter};
use super::dialect::Dialect;
use super::encoding::{self, Bytes};
use super::parts::too_wide;
use super::records::Records;
use crate::error::{Error, Kind, Result};

/// The beginning of a file that its delimiter is found in.
const SAMPLE_BYTES: usize = 1 << 18;

/// A file's dialect and header, and the decisions that made them.
pub(super) struct Sniffed {
    pub dialect: Dialect,
    /// None when the file has no line with text.
    pub headers: Option<Vec<String>>,
    pub choices: Vec<Choice>,
}

impl Sniffed {
    /// A file that says itself how it is written.
    pub fn told(headers: Vec<String>) -> Self {
        Self {
            dialect: Dialect::default(),
            headers: Some(headers),
            choices: Vec::new(),
        }
    }
}

/// Reads a file with rows to its end.
///
/// # Errors
/// As [`sniff`].
pub(super) fn look_at(
    entry: &Entry,
    input: &mut dyn BufRead,
    decided: &Choices,
    limits: &Limits,
) -> Result<Sniffed> {
    match entry.is_ours() {
        true => told(entry, input),
        false => sniff(entry, input, decided, limits),
    }
}

/// The header of a table that was written here: nothing about it has to be found out.
fn told(entry: &Entry, input: &mut dyn BufRead) -> Result<Sniffed> {
    let mut reader = csv::Reader::from_reader(&mut *input);
    let headers = reader
        .headers()
        .map(|header| header.iter().map(str::to_owned).collect());
    let headers = headers.map_err(|cause| entry.unreadable(io::Error::other(cause)))?;
    drop(reader);
    io::copy(input, &mut io::sink()).map_err(|cause| entry.unreadable(cause))?;
    Ok(Sniffed::told(headers))
}

/// Reads a delimited file to its end.
///
/// # Errors
/// `Kind::Source` when it cannot be read or is no text; `Kind::Config` when people decided for something unknown.
fn sniff(
    entry: &Entry,
    input: &mut dyn BufRead,
    decided: &Choices,
    limits: &Limits,
) -> Result<Sniffed> {
    let (bytes, sample, is_whole) = drained(entry, input)?;
    let sniffer = Sniffer {
        entry,
        decided,
        sample,
        is_whole,
        limits,
    };
    let mut choices = Vec::new();
    let mut dialect = Dialect::default();
    // A sheet is written as we write; nothing else is to be found in its cells.
    if !matches!(entry.place(), Place::Sheet(_)) {
        dialect.encoding = sniffer.encoding(bytes, &mut choices)?;
        dialect.delimiter = sniffer.delimiter(&dialect, &mut choices)?;
        dialect.escape = sniffer.escape(&dialect, &mut choices)?;
    }
    dialect.titles = sniffer.titles(&dialect);
    Ok(Sniffed {
        headers: sniffer.headers(&dialect)?,
        dialect,
        choices,
    })
}

/// All bytes seen, and the first of them.
fn drained(entry: &Entry, input: &mut dyn BufRead) -> Result<(Bytes, Vec<u8>, bool)> {
    let mut bytes = Bytes::new();
    let mut sample = Vec::new();
    let mut is_whole = true;
    loop {
        let chunk = input.fill_buf().map_err(|cause| entry.unreadable(cause))?;
        if chunk.is_empty() {
            return Ok((bytes, sample, is_whole));
        }
        bytes.take(chunk);
        let wanted = chunk.len().min(SAMPLE_BYTES - sample.len());
        sample.extend_from_slice(&chunk[..wanted]);
        is_whole &= wanted == chunk.len();
        let read = chunk.len();
        input.consume(read);
    }
}

struct Sniffer<'a> {
    entry: &'a Entry,
    decided: &'a Choices,
    sample: Vec<u8>,
    /// Whether the sample is all of the file.
    is_whole: bool,
    limits: &'a Limits,
}

impl Sniffer<'_> {
    fn encoding(&self, bytes: Bytes, choices: &mut Vec<Choice>) -> Result<&'static Encoding> {
        let encoding::Found {
            encoding,
            others,
            evidence_for,
            evidence_against,
            evidence,
        } = bytes.encoding();
        let names = |encodings: &[&'static Encoding]| {
            let names = encodings
                .iter()
                .map(|encoding| encoding.name().to_lowercase());
            names.collect::<Vec<_>>()
        };
        let found = Choice {
            choice: encoding.name().to_lowercase(),
            others: names(&others),
            evidence_for,
            evidence_against,
            evidence: evidence.to_owned(),
            ..self.open("encoding")
        };
        let choice = found.by_evidence(evidence_for).answered(self.decided);
        let encoding = Encoding::for_label(choice.choice.as_bytes())
            .ok_or_else(|| self.unknown(&choice, "an encoding, such as windows-1252 or utf-8"))?;
        choices.push(choice);
        Ok(encoding)
    }

    fn delimiter(&self, dialect: &Dialect, choices: &mut Vec<Choice>) -> Result<u8> {
        let said = self.said_delimiter(dialect);
        let found = said.map_or_else(|| self.best_delimiter(dialect), |said| self.said(said));
        let all = found.evidence_for;
        let choice = found.by_evidence(all).answered(self.decided);
        let known = "comma, semicolon, tab, pipe, caret, or the character itself";
        let delimiter = delimiter_of(&choice.choice).ok_or_else(|| self.unknown(&choice, known))?;
        choices.push(choice);
        Ok(delimiter)
    }

    fn said(&self, delimiter: u8) -> Choice {
        Choice {
            choice: delimiter_name(delimiter),
            evidence_for: 1,
            evidence: "the first line says so".to_owned(),
            ..self.open("delimiter")
        }
    }

    /// What splits the greatest part of its records into as many cells, and more than any other.
    fn best_delimiter(&self, dialect: &Dialect) -> Choice {
        let fits = DELIMITERS.map(|delimiter| {
            self.fit(&Dialect {
                delimiter,
                ..*dialect
            })
        });
        // Of equals the likeliest: `max_by_key` would give the last.
        let best = (0..fits.len())
            .rev()
            .max_by_key(|place| (fits[*place].share(), fits[*place].width))
            .unwrap_or_default();
        let rivals = (0..fits.len()).filter(|place| *place != best);
        let rivals: Vec<(usize, u64)> = rivals
            .map(|place| (place, fits[place].against(&fits[best])))
            .filter(|(_, against)| *against > 0)
            .collect();
        let strongest = rivals.iter().map(|(_, against)| *against).max();
        Choice {
            choice: delimiter_name(DELIMITERS[best]),
            others: rivals
                .iter()
                .map(|(place, _)| delimiter_name(DELIMITERS[*place]))
                .collect(),
            evidence_for: fits[best].explained().max(1) as u64,
            evidence_against: strongest.unwrap_or(0),
            evidence: format!("records of {} cells", fits[best].width.max(1)),
            ..self.open("delimiter")
        }
    }

    /// A first line `sep=;` is written for spreadsheet programs, and says it.
    fn said_delimiter(&self, dialect: &Dialect) -> Option<u8> {
        let mut sample = self.sample.get(..16).unwrap_or(&self.sample);
        let mut line = String::new();
        dialect.decoded(&mut sample).read_line(&mut line).ok()?;
        let line = line
            .trim_start_matches('\u{feff}')
            .trim_end_matches(['\r', '\n', '"']);
        match line
            .trim_start_matches('"')
            .strip_prefix("sep=")?
            .as_bytes()
        {
            [delimiter] => Some(*delimiter).filter(is_delimiter),
            _ => None,
        }
    }

    /// Whether `\"` is a quote inside quotes; most programs double it.
    fn escape(&self, dialect: &Dialect, choices: &mut Vec<Choice>) -> Result<Option<u8>> {
        let doubled = self.fit(dialect);
        let escaped = self.fit(&Dialect {
            escape: Some(b'\\'),
            ..*dialect
        });
        let better = escaped.against(&doubled);
        let decided = self.decided.of(&self.entry.path, "escape");
        if decided.is_none() && (better == 0 || escaped.explained() <= doubled.explained()) {
            return Ok(None);
        }
        let found = Choice {
            choice: "backslash".to_owned(),
            others: vec!["double".to_owned()],
            evidence_for: better,
            evidence_against: doubled.against(&escaped),
            evidence: format!("records of {} cells only when read so", escaped.width),
            ..self.open("escape")
        };
        let choice = found.by_evidence(better).answered(self.decided);
        let escape = match choice.choice.as_str() {
            "backslash" => Some(b'\\'),
            "double" => None,
            _ => return Err(self.unknown(&choice, "backslash or double")),
        };
        choices.push(choice);
        Ok(escape)
    }

    /// Records before the header: of many cells they fill one, or none, or they are far fewer cells than the rows have.
    fn titles(&self, dialect: &Dialect) -> u64 {
        let width = self.fit(dialect).width;
        if width < 2 {
            return u64::from(self.said_delimiter(dialect).is_some());
        }
        let mut titles = 0;
        let mut is_header_met = false;
        self.each_record(dialect, |records| {
            let filled = records.cells().filter(|cell| !cell.trim_ascii().is_empty());
            is_header_met |= filled.count() > 1 && records.len() * 2 > width;
            titles += u64::from(!is_header_met);
        });
        if is_header_met { titles } else { 0 }
    }

    fn fit(&self, dialect: &Dialect) -> Fit {
        let mut widths = Vec::new();
        self.each_record(dialect, |records| widths.push(records.len()));
        Fit::of(widths)
    }

    /// Goes through the records of the sample; one that the sample cuts off is passed over.
    fn each_record(
        &self,
        dialect: &Dialect,
        mut each: impl FnMut(&Records<Box<dyn BufRead + '_>>),
    ) {
        let mut sample = self.sample.as_slice();
        let mut records = Records::new(
            dialect.decoded(&mut sample),
            dialect,
            self.limits.record_bytes,
        );
        while matches!(records.advance(), Ok(true)) {
            if !records.is_cut() || self.is_whole {
                each(&records);
            }
        }
    }

    fn headers(&self, dialect: &Dialect) -> Result<Option<Vec<String>>> {
        let mut sample = self.sample.as_slice();
        let mut records = Records::new(
            dialect.decoded(&mut sample),
            dialect,
            self.limits.record_bytes,
        );
        for _ in 0..=dialect.titles {
            let found = records.advance();
            if !found.map_err(|cause| self.entry.unreadable(cause))? {
                return Ok(None);
            }
        }
        if records.len() > self.limits.columns {
            return Err(too_wide(&self.entry.path, self.limits));
        }
        // Text has no zeros; UTF-16 has none once it is decoded.
        if records.raw().contains(&0) {
            return Err(self.refused("is binary, not text", "save it as CSV"));
        }
        if records.is_unclosed() {
            return Err(self.refused(
                "opens a quote in its header and never closes it",
                "correct the header, or export again",
            ));
        }
        let cells = records.cells().map(without_mark).map(<[u8]>::to_vec);
        let headers = cells.map(String::from_utf8).collect::<Result<Vec<_>, _>>();
        headers.map(Some).map_err(|cause| {
            let what = "has a header with a byte that its encoding does not know";
            self.refused(what, "correct the header, or export again")
                .because(cause.utf8_error())
        })
    }

    fn open(&self, topic: &str) -> Choice {
        Choice::open(&self.entry.path, topic)
    }

    fn unknown(&self, choice: &Choice, known: &str) -> Error {
        let Choice {
            scope,
            topic,
            choice,
            ..
        } = choice;
        Error::new(
            Kind::Config,
            format!(
                "map_decisions.csv decides {topic} `{choice}` for `{scope}`, which is not known"
            ),
        )
        .hint(format!("known here: {known}"))
    }

    fn refused(&self, what: &str, hint: &str) -> Error {
        Error::new(Kind::Source, format!("`{}` {what}", self.entry.path)).hint(hint)
    }
}

/// Joined files carry a byte order mark before a header in their middle.
pub(super) fn without_mark(cell: &[u8]) -> &[u8] {
    cell.strip_prefix(b"\xef\xbb\xbf").unwrap_or(cell)
}
