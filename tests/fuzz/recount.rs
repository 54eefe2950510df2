//! The records of a delimited file, counted once more by a reader that knows nothing but the rules.

use encoding_rs::Encoding;

/// How a file was read, as its choices say.
#[derive(Clone, Debug)]
pub struct Dialect {
    pub encoding: String,
    pub delimiter: String,
    pub escape: bool,
}

/// Where in a record a byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Line,
    Cell,
    Plain,
    Quoted,
    Escaped,
    Closed,
}

/// Everything the file holds: records, and lines of nothing.
pub fn recounted(bytes: &[u8], dialect: &Dialect) -> u64 {
    let encoding = Encoding::for_label(dialect.encoding.as_bytes()).unwrap();
    let decoded;
    let text = if encoding == encoding_rs::UTF_8 {
        // A mark alone is a line that holds it.
        let rest = bytes.strip_prefix(b"\xef\xbb\xbf");
        rest.filter(|rest| !rest.is_empty()).unwrap_or(bytes)
    } else {
        decoded = encoding.decode(bytes).0.into_owned();
        decoded.as_bytes()
    };
    let delimiter = delimiter_of(&dialect.delimiter);
    let (mut count, mut at, mut after_cr) = (0, At::Line, false);
    for &byte in text {
        let is_quoted = matches!(at, At::Quoted | At::Escaped);
        if !is_quoted && byte == b'\n' && after_cr {
            after_cr = false;
            continue;
        }
        after_cr = !is_quoted && byte == b'\r';
        if at == At::Line {
            // Whatever begins here is one, if only the end of the line.
            count += 1;
            at = At::Cell;
        }
        at = match (at, byte) {
            (At::Escaped, _) => At::Quoted,
            (At::Quoted, b'\\') if dialect.escape => At::Escaped,
            (At::Quoted, b'"') => At::Closed,
            (At::Quoted, _) => At::Quoted,
            (_, b'\r' | b'\n') => At::Line,
            (At::Cell | At::Closed, b'"') => At::Quoted,
            (_, byte) if byte == delimiter => At::Cell,
            _ => At::Plain,
        };
    }
    count
}

fn delimiter_of(name: &str) -> u8 {
    match name {
        "comma" => b',',
        "semicolon" => b';',
        "tab" => b'\t',
        "pipe" => b'|',
        "caret" => b'^',
        other => other.as_bytes()[0],
    }
}

#[test]
fn records_are_counted_as_people_would() {
    let dialect = Dialect {
        encoding: "utf-8".to_owned(),
        delimiter: "comma".to_owned(),
        escape: false,
    };
    for (text, count) in [
        ("", 0),
        ("a", 1),
        ("a\n", 1),
        ("a\r\nb\rc\n", 3),
        ("\n\r\n\r", 3),
        ("a,\"b\nc\"\nd", 2),
        ("a,\"b\nc", 1),
        ("a,\"b\"\"\n\"\nd", 2),
        ("a\"\nb\"", 2),
        ("\"a\"b\"\nc", 2),
    ] {
        assert_eq!(recounted(text.as_bytes(), &dialect), count, "{text:?}");
    }
}
