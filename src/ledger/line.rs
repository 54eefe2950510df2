//! How one line of the log is written and checked.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::event::{Entry, Event};

/// The front of each line: enough to count it and to name its kind before the kind is understood.
#[derive(Deserialize)]
struct Front<'a> {
    seq: u64,
    at: Timestamp,
    #[serde(borrow)]
    event: std::borrow::Cow<'a, str>,
}

#[derive(Serialize)]
struct Line<'a> {
    seq: u64,
    at: String,
    #[serde(flatten)]
    event: &'a Event,
}

/// Why a complete line cannot be trusted.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// The checksum is absent or is not that of the line.
    Checksum,
    /// The checksum is right, yet the line is not an event.
    Shape(String),
    /// The checksum is right and the kind is not known to this version.
    Kind(String),
}

const SUM_DIGITS: usize = 16;
const HEX: &[u8; 16] = b"0123456789abcdef";
const SUM_KEY: &str = ",\"sum\":\"";
const SUM_END: &str = "\"}";

/// The line of `event`, with its checksum and its line feed.
pub(super) fn line(seq: u64, at: Timestamp, event: &Event) -> serde_json::Result<String> {
    let at = format!("{at:.3}");
    let mut line = serde_json::to_string(&Line { seq, at, event })?;
    let sum = checksum(&line, "");
    line.pop();
    line.push_str(SUM_KEY);
    line.push_str(&sum);
    line.push_str(SUM_END);
    line.push('\n');
    Ok(line)
}

/// Reads a line back; `line` comes without its line feed.
pub(super) fn parse(line: &[u8]) -> Result<Entry, Flaw> {
    let line = std::str::from_utf8(line).map_err(|_| Flaw::Checksum)?;
    let (body, sum) = split_sum(line).ok_or(Flaw::Checksum)?;
    if checksum(body, "}") != sum {
        return Err(Flaw::Checksum);
    }
    let front: Front<'_> = understood(line)?;
    let event = event_of_kind(&front.event, line)?;
    Ok(Entry {
        seq: front.seq,
        at: front.at,
        event,
    })
}

/// Chosen by name rather than by serde, which would copy each line's fields before it knows their kind.
fn event_of_kind(kind: &str, line: &str) -> Result<Event, Flaw> {
    Ok(match kind {
        "run_started" => Event::RunStarted(understood(line)?),
        "run_ended" => Event::RunEnded(understood(line)?),
        "landed" => Event::Landed(understood(line)?),
        "read" => Event::Read(understood(line)?),
        "counted" => Event::Counted(understood(line)?),
        "sealed" => Event::Sealed(understood(line)?),
        "intent" => Event::Intent(understood(line)?),
        "outcome" => Event::Outcome(understood(line)?),
        "checked" => Event::Checked(understood(line)?),
        "decision" => Event::Decision(understood(line)?),
        "approval" => Event::Approval(understood(line)?),
        "queue" => Event::Queue(understood(line)?),
        "probed" => Event::Probed(understood(line)?),
        _ => return Err(Flaw::Kind(kind.to_owned())),
    })
}

fn understood<'a, T: Deserialize<'a>>(line: &'a str) -> Result<T, Flaw> {
    serde_json::from_str(line).map_err(|error| Flaw::Shape(error.to_string()))
}

/// `{"seq":1,...` and its checksum: the tail has a fixed length, so nothing inside the line can look like it.
fn split_sum(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_suffix(SUM_END)?;
    let (rest, sum) = rest.split_at_checked(rest.len().checked_sub(SUM_DIGITS)?)?;
    Some((rest.strip_suffix(SUM_KEY)?, sum))
}

/// The first hex digits of the SHA-256 of the line without its `sum`, given in two pieces so that none is
/// copied. It guards against torn and rotten bytes, not against a forger.
fn checksum(body: &str, end: &str) -> String {
    let digest = Sha256::new()
        .chain_update(body.as_bytes())
        .chain_update(end.as_bytes())
        .finalize();
    let mut sum = String::with_capacity(SUM_DIGITS);
    for byte in digest.iter().take(SUM_DIGITS / 2) {
        sum.push(char::from(HEX[usize::from(byte >> 4)]));
        sum.push(char::from(HEX[usize::from(byte & 15)]));
    }
    sum
}

/// Lines with right checksums again, after a test has changed them.
#[cfg(test)]
pub(super) fn resealed(lines: &str) -> String {
    let reseal = |line: &str| {
        let body = split_sum(line).map_or(line, |(body, _)| body);
        format!("{body}{SUM_KEY}{}{SUM_END}\n", checksum(body, "}"))
    };
    lines.lines().map(reseal).collect()
}
