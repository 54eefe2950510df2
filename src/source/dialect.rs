//! How the text of one file is written, and the way from its bytes to UTF-8 and back.

use std::io::{BufRead, BufReader};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use encoding_rs_io::DecodeReaderBytesBuilder;

/// How a delimited file is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    pub encoding: &'static Encoding,
    /// Between cells.
    pub delimiter: u8,
    /// Before a quote inside quotes; none where it is doubled.
    pub escape: Option<u8>,
    /// Records before the header: titles, or `sep=;`.
    pub titles: u64,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            encoding: UTF_8,
            delimiter: b',',
            escape: None,
            titles: 0,
        }
    }
}

impl Dialect {
    /// The file's text as UTF-8. UTF-8 itself comes as it is, with what is broken in it.
    pub fn decoded<'a>(&self, input: &'a mut dyn BufRead) -> Box<dyn BufRead + 'a> {
        if self.encoding == UTF_8 {
            return Box::new(input);
        }
        let decoder = DecodeReaderBytesBuilder::new()
            .encoding(Some(self.encoding))
            .strip_bom(true)
            .build(input);
        Box::new(BufReader::with_capacity(1 << 16, decoder))
    }

    /// Decoded text as the bytes that stood in the file.
    pub fn original(&self, text: &[u8]) -> Vec<u8> {
        let words = || String::from_utf8_lossy(text).into_owned();
        if self.encoding == UTF_8 {
            text.to_vec()
        } else if self.encoding == UTF_16LE {
            words().encode_utf16().flat_map(u16::to_le_bytes).collect()
        } else if self.encoding == UTF_16BE {
            words().encode_utf16().flat_map(u16::to_be_bytes).collect()
        } else {
            self.encoding.encode(&words()).0.into_owned()
        }
    }

    /// What sets it apart from the canonical one, as text: part of what an extract id stands for.
    pub fn fingerprint(&self) -> Option<String> {
        (*self != Self::default()).then(|| format!("{self:?}\n"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Read as _;

    use encoding_rs::{MACINTOSH, WINDOWS_1252};

    use super::*;

    #[test]
    fn bytes_come_back_as_they_stood() {
        for encoding in [UTF_8, WINDOWS_1252, MACINTOSH, UTF_16LE, UTF_16BE] {
            let dialect = Dialect {
                encoding,
                ..Dialect::default()
            };
            let bytes = dialect.original("Zoë € \"x\"".as_bytes());
            let mut text = String::new();
            let mut input = bytes.as_slice();
            let mut decoded = dialect.decoded(&mut input);
            decoded.read_to_string(&mut text).unwrap();
            assert_eq!(text, "Zoë € \"x\"", "{}", encoding.name());
        }
    }
}
