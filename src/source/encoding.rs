//! Which encoding a file's bytes are in, from all of them: its mark, what UTF-8 allows, and how its letters stand.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_8859_2, WINDOWS_1250};
use encoding_rs::{ISO_8859_15, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// What was seen of a file's bytes. Its size does not depend on the file's.
pub(super) struct Bytes {
    mark: Option<&'static Encoding>,
    /// NULs at even and odd places of the first bytes.
    nuls: [u64; 2],
    seen: u64,
    /// Characters of more than one byte.
    multibyte: u64,
    /// Byte sequences that are not UTF-8.
    invalid: u64,
    /// The first bytes of a character whose rest is in the next chunk.
    cut: Vec<u8>,
    letters: Letters,
    detector: Option<EncodingDetector>,
}

/// Bytes above ASCII that stand right beside an ASCII letter, by the half they are in: most accented letters are in one half
/// in Windows' and ISO's encodings, and in the other in the old Macintosh's.
#[derive(Default)]
struct Letters {
    low: u64,
    high: u64,
    /// `¤` in one encoding, `€` in another.
    a4: u64,
    undefined: u64,
}

/// What an encoding was chosen for.
pub(super) struct Found {
    pub encoding: &'static Encoding,
    pub others: Vec<&'static Encoding>,
    pub evidence_for: u64,
    pub evidence_against: u64,
    pub evidence: &'static str,
}

impl Bytes {
    pub fn new() -> Self {
        Self {
            mark: None,
            nuls: [0; 2],
            seen: 0,
            multibyte: 0,
            invalid: 0,
            cut: Vec::new(),
            letters: Letters::default(),
            detector: None,
        }
    }

    /// Takes the next bytes in.
    pub fn take(&mut self, chunk: &[u8]) {
        if self.seen == 0 {
            self.mark = Encoding::for_bom(chunk).map(|(encoding, _)| encoding);
            let nul = |parity: usize| {
                let places = chunk.iter().skip(parity).step_by(2).take(2_048);
                places.filter(|byte| **byte == 0).count() as u64
            };
            self.nuls = [nul(0), nul(1)];
        }
        self.seen += chunk.len() as u64;
        if chunk.is_ascii() && self.cut.is_empty() {
            return;
        }
        // Only UTF-8 and what has no mark at all is looked at letter by letter.
        if self.mark.is_none_or(|mark| mark == UTF_8) {
            self.take_text(chunk);
        }
    }

    fn take_text(&mut self, chunk: &[u8]) {
        let before = std::mem::take(&mut self.cut);
        let joined;
        let text = match before.is_empty() {
            true => chunk,
            false => {
                joined = [before.as_slice(), chunk].concat();
                &joined
            }
        };
        // Whole UTF-8 is what nearly all chunks are, and is known sooner as a whole.
        if self.invalid == 0
            && let Ok(text) = std::str::from_utf8(text)
        {
            self.multibyte += multibyte(text);
            return;
        }
        for piece in text.utf8_chunks() {
            self.multibyte += multibyte(piece.valid());
            let broken = piece.invalid();
            let is_last = broken.as_ptr_range().end == text.as_ptr_range().end;
            if is_last && broken.len() < 4 && is_cut_off(broken) {
                self.cut = broken.to_vec();
            } else if !broken.is_empty() {
                self.invalid += 1;
            }
        }
        if self.invalid > 0 {
            self.letters.take(text);
            let detector = self
                .detector
                .get_or_insert_with(|| EncodingDetector::new(Iso2022JpDetection::Deny));
            detector.feed(text, false);
        }
    }

    /// The encoding that speaks for itself best.
    pub fn encoding(mut self) -> Found {
        self.invalid += u64::from(!self.cut.is_empty());
        if let Some(encoding) = self.mark {
            return Found::sure(encoding, "the file begins with its mark");
        }
        let half = self.seen.min(4_096) / 4;
        match self.nuls {
            [even, odd] if odd > half && even < odd / 8 => {
                return Found::sure(UTF_16LE, "every other byte is zero");
            }
            [even, odd] if even > half && odd < even / 8 => {
                return Found::sure(UTF_16BE, "every other byte is zero");
            }
            _ => {}
        }
        // A broken byte here and there is a broken record, not another encoding.
        if self.invalid + self.multibyte == 0 {
            return Found {
                evidence_for: self.seen.max(1),
                ..Found::sure(
                    UTF_8,
                    "bytes of ASCII and no other, which all encodings share",
                )
            };
        }
        if self.multibyte > 4 * self.invalid {
            return Found {
                evidence_for: self.multibyte,
                ..Found::sure(UTF_8, "characters of several bytes, as UTF-8 writes them")
            };
        }
        self.one_byte()
    }

    fn one_byte(self) -> Found {
        let Letters {
            low,
            high,
            a4,
            undefined,
        } = self.letters;
        if low + high + a4 + undefined == 0 {
            return Found {
                encoding: UTF_8,
                others: vec![WINDOWS_1252],
                evidence_for: self.multibyte,
                evidence_against: self.invalid,
                evidence: "characters of several bytes, against bytes that UTF-8 does not have",
            };
        }
        let invalid = self.invalid;
        let guess = self.guess();
        let found = |encoding, others, evidence_for, evidence_against| Found {
            encoding,
            others,
            evidence_for,
            evidence_against,
            evidence: "accented letters beside plain ones, by where the encoding has them",
        };
        if low > high || undefined > 0 {
            return found(MACINTOSH, vec![WINDOWS_1252], low, high);
        }
        if guess == WINDOWS_1252 && a4 > 0 && low == 0 {
            return found(ISO_8859_15, vec![WINDOWS_1252], a4, 0);
        }
        // Letters of Central Europe and of the West share their places: only words tell them apart.
        let (others, against) = match guess == WINDOWS_1252 {
            true => (vec![WINDOWS_1250, MACINTOSH], low),
            false => (vec![WINDOWS_1252, ISO_8859_2], low.max(1)),
        };
        found(guess, others, high.max(invalid), against)
    }

    /// What a browser would take it for.
    fn guess(self) -> &'static Encoding {
        match self.detector {
            Some(mut detector) => {
                detector.feed(b"", true);
                detector.guess(None, Utf8Detection::Deny)
            }
            None => WINDOWS_1252,
        }
    }
}

impl Found {
    fn sure(encoding: &'static Encoding, evidence: &'static str) -> Self {
        Self {
            encoding,
            others: Vec::new(),
            evidence_for: 1,
            evidence_against: 0,
            evidence,
        }
    }
}

impl Letters {
    fn take(&mut self, text: &[u8]) {
        for window in text.windows(2) {
            let (before, byte) = (window[0], window[1]);
            self.a4 += u64::from(byte == 0xA4);
            if byte < 0x80 || !before.is_ascii_alphabetic() {
                continue;
            }
            match byte {
                // Nothing stands there in Windows-1252, and letters do in the Macintosh's encoding.
                0x81 | 0x8D | 0x8F | 0x90 | 0x9D => self.undefined += 1,
                // Quotes, dashes, the ellipsis, and the `œ` of `cœur` follow letters in any text.
                0x80 | 0x82..=0x89 | 0x8B | 0x91..=0x97 | 0x99 | 0x9B | 0x9C => {}
                0x8A..=0x9F => self.low += 1,
                0xC0..=0xFF => self.high += 1,
                _ => {}
            }
        }
    }
}

/// Characters of more than one byte, by the first byte of each.
fn multibyte(text: &str) -> u64 {
    text.bytes().filter(|byte| *byte >= 0xC0).count() as u64
}

/// Whether bytes are the beginning of a character whose rest may follow.
fn is_cut_off(bytes: &[u8]) -> bool {
    match bytes {
        [] => false,
        bytes => std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn found(bytes: &[u8], chunk: usize) -> Found {
        let mut seen = Bytes::new();
        for chunk in bytes.chunks(chunk) {
            seen.take(chunk);
        }
        seen.encoding()
    }

    fn name(bytes: &[u8]) -> &'static str {
        let found = found(bytes, 4_096);
        assert_eq!(found.evidence_against, 0);
        found.encoding.name()
    }

    #[test]
    fn characters_are_counted_not_their_bytes() {
        let found = found("id\nä€🔥\n".as_bytes(), 4_096);
        assert_eq!(found.evidence_for, 3);
    }

    const TEXT: &str = "id;name;city\n1;Müller;Köln\n2;Bäcker;Düsseldorf – Süd\n3;Größe;Zürich\n";

    #[test]
    fn each_encoding_is_known_by_its_bytes() {
        let in_1252 = WINDOWS_1252.encode(TEXT).0;
        assert_eq!(name(&in_1252), "windows-1252");
        assert_eq!(name(TEXT.as_bytes()), "UTF-8");
        assert_eq!(name(b"id,name\n1,a\n"), "UTF-8");
        assert_eq!(name(b"\xef\xbb\xbfid\n"), "UTF-8");
        let wide: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(name(&wide), "UTF-16LE");
        assert_eq!(name(&[b"\xff\xfe", wide.as_slice()].concat()), "UTF-16LE");
        let wide: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(name(&wide), "UTF-16BE");
        assert_eq!(
            name(&ISO_8859_15.encode("Preis\nM\u{fc}ller 5 €\n").0),
            "ISO-8859-15"
        );
    }

    #[test]
    fn a_broken_byte_does_not_make_another_encoding() {
        let bytes = [TEXT.as_bytes(), b"4;\xe4;x\n"].concat();
        for chunk in [1, 2, 3, 7, 4_096] {
            assert_eq!(found(&bytes, chunk).encoding, UTF_8, "chunks of {chunk}");
            let cut = found(TEXT.as_bytes(), chunk);
            assert_eq!((cut.encoding, cut.evidence_against), (UTF_8, 0));
        }
    }

    #[test]
    fn macintosh_is_known_by_letters_where_windows_has_none() {
        let found = found(&MACINTOSH.encode(TEXT).0, 4_096);
        assert_eq!(found.encoding, MACINTOSH);
    }
}
