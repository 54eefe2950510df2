//! From one page to the next: what to ask for, what an answer holds, and where it ends.

use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::declared::is_dot_path;
use super::link;
use crate::source::cell::{self, Cell};

/// How the pages of a list follow each other.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "by", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Pagination {
    /// A number that grows by one, until a page is empty.
    Page {
        parameter: String,
        #[serde(default = "one")]
        first: u64,
        size_parameter: Option<String>,
        size: Option<u64>,
    },
    /// A number that grows by the records of the page, until a page is empty.
    Offset {
        parameter: String,
        #[serde(default)]
        first: u64,
        size_parameter: Option<String>,
        size: Option<u64>,
    },
    /// A word of the answer, until it has none.
    Cursor {
        parameter: String,
        /// Dot path to it.
        next: String,
        size_parameter: Option<String>,
        size: Option<u64>,
    },
    /// An address in the `Link` header, or in the answer, until there is none.
    Link {
        /// Dot path to it, where it is in the answer.
        next: Option<String>,
        size_parameter: Option<String>,
        size: Option<u64>,
    },
}

fn one() -> u64 {
    1
}

/// Which page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Position {
    /// The first one, of a list that says itself how it goes on.
    Start,
    Number(u64),
    Cursor(String),
    /// A whole address.
    Link(String),
}

/// What came back.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// JSON; none where the answer is that there is nothing.
    pub(super) body: Option<String>,
    /// The `Link` headers.
    pub(super) links: Vec<Vec<u8>>,
}

/// A page that came back.
pub(super) struct Turned<'a> {
    pub(super) at: &'a Position,
    /// The address that was asked.
    pub(super) asked: &'a Url,
    pub(super) answer: &'a Answer,
    /// How many are on it.
    pub(super) records: u64,
    /// Whether the answer says how many records there are, so that a list cut short is found anyway.
    pub(super) is_counted: bool,
}

/// How an answer says where the next page is.
enum Word {
    Said(String),
    /// In words: there is none.
    Last,
    /// It says nothing.
    Missing,
}

impl Pagination {
    /// What is wrong with it, as the end of a sentence.
    pub(super) fn check(&self, records: &str) -> Result<(), String> {
        let (parameter, size) = self.size();
        if size.is_some_and(|size| size == 0) || parameter.is_some() != size.is_some() {
            return Err("needs `size_parameter` and a `size` above 0 together".to_owned());
        }
        let next = match self {
            Self::Cursor { next, .. } => Some(next),
            Self::Link { next, .. } => next.as_ref(),
            Self::Page { .. } | Self::Offset { .. } => None,
        };
        match next {
            Some(next) if next.is_empty() || !is_dot_path(next) => {
                Err("has a `next` that is no dot path, for example \"meta.next_cursor\"".to_owned())
            }
            Some(_) if records.is_empty() => Err(
                "looks for `next` in an answer that is an array: `records = \"\"` means the answer itself".to_owned(),
            ),
            _ => Ok(()),
        }
    }

    fn size(&self) -> (Option<&str>, Option<u64>) {
        match self {
            Self::Page {
                size_parameter,
                size,
                ..
            }
            | Self::Offset {
                size_parameter,
                size,
                ..
            }
            | Self::Cursor {
                size_parameter,
                size,
                ..
            }
            | Self::Link {
                size_parameter,
                size,
                ..
            } => (size_parameter.as_deref(), *size),
        }
    }

    /// The first page.
    pub(super) fn start(&self) -> Position {
        match self {
            Self::Page { first, .. } | Self::Offset { first, .. } => Position::Number(*first),
            Self::Cursor { .. } | Self::Link { .. } => Position::Start,
        }
    }

    /// The parameters that ask for a page.
    pub(super) fn parameters(&self, at: &Position) -> Vec<(String, String)> {
        let (parameter, size) = self.size();
        let size = parameter.zip(size);
        let size = size.map(|(parameter, size)| (parameter.to_owned(), size.to_string()));
        let place = match (self, at) {
            (
                Self::Page { parameter, .. } | Self::Offset { parameter, .. },
                Position::Number(number),
            ) => Some((parameter.clone(), number.to_string())),
            (Self::Cursor { parameter, .. }, Position::Cursor(cursor)) => {
                Some((parameter.clone(), cursor.clone()))
            }
            _ => None,
        };
        size.into_iter().chain(place).collect()
    }

    /// The page after this one; none when it was the last. What is wrong comes back as the end of a sentence.
    pub(super) fn after(&self, page: &Turned) -> Result<Option<Position>, String> {
        let number = match page.at {
            Position::Number(number) => *number,
            _ => 0,
        };
        let goes_on = page.records > 0;
        match self {
            Self::Page { .. } => Ok(goes_on.then_some(Position::Number(number + 1))),
            Self::Offset { .. } => Ok(goes_on.then_some(Position::Number(number + page.records))),
            Self::Cursor { next, .. } => Ok(self.said(page, next)?.map(Position::Cursor)),
            Self::Link { next, .. } => {
                let link = match next {
                    Some(next) => self.said(page, next)?,
                    None => link::next(&page.answer.links)?,
                };
                link.map(|link| same_origin(&link, page.asked)).transpose()
            }
        }
    }

    /// What the answer says of the next page. Where a first page that looks full says nothing at all, `next` may be
    /// misspelt, and the list would be cut short without a word.
    fn said(&self, page: &Turned, next: &str) -> Result<Option<String>, String> {
        let Some(body) = &page.answer.body else {
            return Ok(None);
        };
        let (_, size) = self.size();
        let is_full = size.map_or(page.records > 0, |size| page.records >= size);
        match word(body, next)? {
            Word::Said(word) => Ok(Some(word)),
            Word::Missing if is_full && !page.is_counted && *page.at == Position::Start => Err(
                format!("does not say `{next}` on its first page, and more may follow it"),
            ),
            Word::Missing | Word::Last => Ok(None),
        }
    }

    /// Whether a page with so many records may be followed by another one; `most` are on its fullest page.
    pub(super) fn is_full(&self, records: u64, most: u64) -> bool {
        let (_, size) = self.size();
        records >= size.unwrap_or(most)
    }

    /// Whether a place behind the last page may be asked for: of pages by number the end is only seen from there.
    pub(super) fn passes_the_end(&self) -> bool {
        matches!(self, Self::Page { .. } | Self::Offset { .. })
    }
}

/// The array of records in an answer.
pub(super) fn records<'a>(answer: &'a Answer, path: &str) -> Result<Vec<&'a RawValue>, String> {
    let nothing = || match path {
        "" => "answers with something that is no array".to_owned(),
        path => format!("answers without an array at `{path}`"),
    };
    let Some(body) = &answer.body else {
        return Ok(Vec::new());
    };
    match found(body, path)? {
        Some(array) if array.starts_with('[') => cell::items(array),
        _ => Err(nothing()),
    }
}

/// The records of a page as lines. None may be longer than `most` bytes.
pub(super) fn lines(records: &[&RawValue], most: usize) -> Result<Vec<u8>, String> {
    let mut text = Vec::new();
    for (at, raw) in records.iter().enumerate() {
        let wrong = |what: &str| {
            format!(
                "answers with a record (number {} of its page) that {what}",
                at + 1
            )
        };
        if raw.get().len() > most {
            return Err(wrong("is longer than is read"));
        }
        let record = Cell::of(raw).map_err(|what| wrong(&what))?;
        if !record.is_record() {
            return Err(wrong("is no object"));
        }
        record
            .write(&mut text)
            .map_err(|_| wrong("cannot be held in memory"))?;
        text.push(b'\n');
    }
    Ok(text)
}

/// How many records the source says that there are.
pub(super) fn total(body: &str, path: &str) -> Result<u64, String> {
    let said = match word(body, path)? {
        Word::Said(number) => number.parse().ok(),
        Word::Last | Word::Missing => None,
    };
    said.ok_or_else(|| format!("says no number at `{path}`"))
}

/// What stands at a dot path, not read yet; none where a name on the way is left out.
fn found<'a>(body: &'a str, path: &str) -> Result<Option<&'a str>, String> {
    let mut text = body.trim();
    for name in path.split('.').filter(|name| !name.is_empty()) {
        match text.as_bytes().first() {
            Some(b'{') => {}
            Some(b'n') => return Ok(Some(text)),
            _ => return Err(format!("says nothing usable at `{path}`")),
        }
        match cell::members(text)?.get(name) {
            Some(inner) => text = inner.get(),
            None => return Ok(None),
        }
    }
    Ok(Some(text))
}

/// A text or number of the answer.
fn word(body: &str, path: &str) -> Result<Word, String> {
    let Some(text) = found(body, path)? else {
        return Ok(Word::Missing);
    };
    let value = Cell::read(text.as_bytes())?;
    match value {
        Cell::Null | Cell::Bool(false) => Ok(Word::Last),
        Cell::Text(text) if text.is_empty() => Ok(Word::Last),
        Cell::Text(text) | Cell::Number(text) => Ok(Word::Said(text)),
        _ => Err(format!("says nothing usable at `{path}`")),
    }
}

/// A link may lead to another page, and never to another host: it would get our key.
fn same_origin(link: &str, asked: &Url) -> Result<Position, String> {
    let next = asked
        .join(link)
        .map_err(|_| "gives a link to the next page that is no address".to_owned())?;
    match next.origin() == asked.origin() {
        true => Ok(Position::Link(next.to_string())),
        false => Err("gives a link to the next page that leads to another host".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::{Value, json};

    use super::*;

    fn pagination(text: &str) -> Pagination {
        toml::from_str(text).unwrap()
    }

    fn answer(body: &Value, link: Option<&str>) -> Answer {
        Answer {
            body: Some(body.to_string()),
            links: link
                .map(|link| link.as_bytes().to_vec())
                .into_iter()
                .collect(),
        }
    }

    fn after(
        text: &str,
        at: &Position,
        records: u64,
        answer: &Answer,
    ) -> Result<Option<Position>, String> {
        let asked = Url::parse("https://a.example/v1/users?x=1").unwrap();
        let page = Turned {
            at,
            asked: &asked,
            answer,
            records,
            is_counted: false,
        };
        pagination(text).after(&page)
    }

    #[test]
    fn numbers_go_on_until_a_page_is_empty() {
        let page = "by = \"page\"\nparameter = \"page\"\nsize_parameter = \"per_page\"\nsize = 100";
        let nothing = Answer::default();
        assert_eq!(pagination(page).start(), Position::Number(1));
        // A server may give less than it is asked for, on every page.
        let next = after(page, &Position::Number(1), 3, &nothing).unwrap();
        assert_eq!(next, Some(Position::Number(2)));
        assert_eq!(
            after(page, &Position::Number(2), 0, &nothing).unwrap(),
            None
        );
        let asked = pagination(page).parameters(&Position::Number(2));
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(asked, [pair("per_page", "100"), pair("page", "2")]);
        let offset = "by = \"offset\"\nparameter = \"start\"";
        let next = after(offset, &Position::Number(40), 7, &nothing).unwrap();
        assert_eq!(next, Some(Position::Number(47)));
    }

    #[test]
    fn a_page_is_full_by_what_was_asked_for_or_by_the_others() {
        let sized =
            pagination("by = \"page\"\nparameter = \"p\"\nsize_parameter = \"n\"\nsize = 10");
        assert!(sized.is_full(10, 10) && !sized.is_full(9, 9));
        let unsized_ = pagination("by = \"page\"\nparameter = \"p\"");
        assert!(unsized_.is_full(9, 9) && !unsized_.is_full(8, 9));
    }

    #[test]
    fn a_cursor_is_a_word_of_the_answer() {
        let cursor = "by = \"cursor\"\nparameter = \"cursor\"\nnext = \"meta.next\"";
        let next = |body: Value| after(cursor, &Position::Start, 1, &answer(&body, None));
        let some = |word: &str| Ok(Some(Position::Cursor(word.to_owned())));
        assert_eq!(next(json!({ "meta": { "next": "c2" } })), some("c2"));
        let digits = Answer {
            body: Some("{\"meta\":{\"next\":18446744073709551617}}".to_owned()),
            links: Vec::new(),
        };
        let at = Position::Start;
        assert_eq!(after(cursor, &at, 1, &digits), some("18446744073709551617"));
        for last in [
            json!({ "meta": { "next": null } }),
            json!({ "meta": { "next": "" } }),
            json!({ "meta": null }),
        ] {
            assert_eq!(next(last), Ok(None));
        }
        for wrong in [
            json!([]),
            json!({ "meta": 1 }),
            json!({ "meta": { "next": {} } }),
        ] {
            assert!(next(wrong).is_err());
        }
    }

    #[test]
    fn a_first_page_that_looks_full_says_how_it_goes_on() {
        let cursor = "by = \"cursor\"\nparameter = \"c\"\nnext = \"meta.next\"";
        let sized = format!("{cursor}\nsize_parameter = \"n\"\nsize = 2");
        let later = Position::Cursor("c2".to_owned());
        for body in [json!({ "meta": { "next_": "c2" } }), json!({ "items": [] })] {
            let nothing = answer(&body, None);
            assert!(after(cursor, &Position::Start, 1, &nothing).is_err());
            assert!(after(&sized, &Position::Start, 2, &nothing).is_err());
            assert_eq!(after(&sized, &Position::Start, 1, &nothing), Ok(None));
            assert_eq!(after(cursor, &Position::Start, 0, &nothing), Ok(None));
            assert_eq!(after(&sized, &later, 2, &nothing), Ok(None), "the last one");
        }
        assert_eq!(
            after(cursor, &Position::Start, 0, &Answer::default()),
            Ok(None)
        );
    }

    #[test]
    fn a_link_stays_on_its_host() {
        let link = "by = \"link\"";
        let next = |header: &str| {
            let said = answer(&Value::Null, Some(header));
            after(link, &Position::Start, 1, &said)
        };
        let page = |address: &str| Ok(Some(Position::Link(address.to_owned())));
        let two = "https://a.example/v1/users?page=2";
        for header in [
            "<https://a.example/v1/users?page=2>; rel=\"next\"",
            "</v1/users?page=1>; rel=\"prev\", </v1/users?page=2>; title=\"x\"; rel=next",
            "<?page=2>; rel=\"last next\", <?page=9>; rel=\"last\"",
        ] {
            assert_eq!(next(header), page(two), "{header}");
        }
        assert_eq!(next("<?page=1>; rel=\"prev\""), Ok(None));
        for other in [
            "https://b.example/",
            "//b.example/",
            "http://a.example/",
            "https://a.example:444/",
        ] {
            assert!(
                next(&format!("<{other}>; rel=\"next\"")).is_err(),
                "{other}"
            );
        }
        let inside = "by = \"link\"\nnext = \"links.next\"";
        let body = json!({ "links": { "next": two } });
        assert_eq!(
            after(inside, &Position::Start, 1, &answer(&body, None)),
            page(two)
        );
    }

    #[test]
    fn records_are_an_array_of_objects_where_it_is_said() {
        let text = |body: &Value, path: &str| {
            let answer = answer(body, None);
            let text = lines(&records(&answer, path)?, 20)?;
            Ok::<String, String>(String::from_utf8(text).unwrap())
        };
        let some = Ok("{\"id\":1}\n".to_owned());
        let one = json!([{ "id": 1 }]);
        assert_eq!(
            text(&json!({ "data": { "items": one } }), "data.items"),
            some
        );
        assert_eq!(text(&one, ""), some);
        assert_eq!(text(&json!({ "a/b": [] }), "a/b"), Ok(String::new()));
        for (body, path) in [
            (json!({ "data": [] }), "data.items"),
            (json!({ "items": null }), "items"),
            (json!({ "items": {} }), "items"),
            (json!({ "items": [1] }), "items"),
            (json!({}), ""),
            (json!([{ "text": "longer than twenty" }]), ""),
        ] {
            assert!(text(&body, path).is_err(), "{path}");
        }
        assert_eq!(records(&Answer::default(), "items").unwrap().len(), 0);
        assert_eq!(total("{\"meta\":{\"total\":\"12\"}}", "meta.total"), Ok(12));
        assert!(total("{\"meta\":{\"total\":-1}}", "meta.total").is_err());
        assert!(total("{\"meta\":{}}", "meta.total").is_err());
    }
}
