//! From one page to the next: what to ask for, what an answer holds, and where it ends.

use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::declared::is_dot_path;

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
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) body: Value,
    /// The `Link` header.
    pub(super) link: Option<String>,
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
    pub(super) fn after(
        &self,
        at: &Position,
        records: u64,
        answer: &Answer,
        asked: &Url,
    ) -> Result<Option<Position>, String> {
        let number = match at {
            Position::Number(number) => *number,
            _ => 0,
        };
        match self {
            Self::Page { .. } => Ok((records > 0).then_some(Position::Number(number + 1))),
            Self::Offset { .. } => Ok((records > 0).then_some(Position::Number(number + records))),
            Self::Cursor { next, .. } => Ok(word(&answer.body, next)?.map(Position::Cursor)),
            Self::Link { next, .. } => {
                let link = match next {
                    Some(next) => word(&answer.body, next)?,
                    None => answer.link.as_deref().and_then(next_link),
                };
                link.map(|link| same_origin(&link, asked)).transpose()
            }
        }
    }
}

/// The array of records in an answer.
pub(super) fn records(answer: &mut Answer, path: &str) -> Result<Vec<Value>, String> {
    let nothing = || match path {
        "" => "answers with something that is no array".to_owned(),
        path => format!("answers without an array at `{path}`"),
    };
    let pointer = match path {
        "" => String::new(),
        path => format!(
            "/{}",
            path.replace('~', "~0").replace('/', "~1").replace('.', "/")
        ),
    };
    let found = answer.body.pointer_mut(&pointer).map(Value::take);
    match found {
        Some(Value::Array(records)) if records.iter().all(Value::is_object) => Ok(records),
        Some(Value::Array(_)) => Err("answers with records that are no objects".to_owned()),
        _ => Err(nothing()),
    }
}

/// A text or number of the answer; none where it is null, empty or left out of an object that is there.
fn word(answer: &Value, path: &str) -> Result<Option<String>, String> {
    let wrong = || format!("says nothing usable at `{path}`");
    let mut value = answer;
    let mut parts = path.split('.').peekable();
    while let Some(part) = parts.next() {
        let members = value.as_object().ok_or_else(wrong)?;
        match members.get(part) {
            Some(inner) => value = inner,
            None if parts.peek().is_none() => return Ok(None),
            None => return Err(wrong()),
        }
    }
    match value {
        Value::Null | Value::Bool(false) => Ok(None),
        Value::String(text) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
        Value::Number(number) => Ok(Some(number.to_string())),
        _ => Err(wrong()),
    }
}

/// `<https://…?page=2>; rel="next", <…>; rel="last"` → the address of the next page.
fn next_link(header: &str) -> Option<String> {
    let mut rest = header;
    while let Some((_, after)) = rest.split_once('<') {
        let (address, behind) = after.split_once('>')?;
        let (about, others) = behind
            .split_once('<')
            .map_or((behind, ""), |(about, _)| (about, &behind[about.len()..]));
        let is_next = about.split([';', ',']).any(|parameter| {
            let value = parameter.trim().strip_prefix("rel=").unwrap_or_default();
            let mut relations = value.trim_matches('"').split(' ');
            relations.any(|relation| relation.eq_ignore_ascii_case("next"))
        });
        if is_next {
            return Some(address.to_owned());
        }
        rest = others;
    }
    None
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

    use serde_json::json;

    use super::*;

    fn pagination(text: &str) -> Pagination {
        toml::from_str(text).unwrap()
    }

    fn answer(body: Value, link: Option<&str>) -> Answer {
        Answer {
            body,
            link: link.map(str::to_owned),
        }
    }

    fn after(
        text: &str,
        at: &Position,
        records: u64,
        answer: &Answer,
    ) -> Result<Option<Position>, String> {
        let asked = Url::parse("https://a.example/v1/users?x=1").unwrap();
        pagination(text).after(at, records, answer, &asked)
    }

    #[test]
    fn numbers_go_on_until_a_page_is_empty() {
        let page = "by = \"page\"\nparameter = \"page\"\nsize_parameter = \"per_page\"\nsize = 100";
        let nothing = answer(Value::Null, None);
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
    fn a_cursor_is_a_word_of_the_answer() {
        let cursor = "by = \"cursor\"\nparameter = \"cursor\"\nnext = \"meta.next\"";
        let next = |body: Value| after(cursor, &Position::Start, 1, &answer(body, None));
        let some = Ok(Some(Position::Cursor("c2".to_owned())));
        assert_eq!(next(json!({ "meta": { "next": "c2" } })), some);
        for last in [
            json!({ "meta": { "next": null } }),
            json!({ "meta": { "next": "" } }),
            json!({ "meta": {} }),
        ] {
            assert_eq!(next(last), Ok(None));
        }
        for wrong in [
            json!({}),
            json!([]),
            json!({ "meta": 1 }),
            json!({ "meta": { "next": {} } }),
        ] {
            assert!(next(wrong).is_err());
        }
    }

    #[test]
    fn a_link_stays_on_its_host() {
        let link = "by = \"link\"";
        let next = |header: &str| {
            after(
                link,
                &Position::Start,
                1,
                &answer(Value::Null, Some(header)),
            )
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
        for last in [
            "",
            "<?page=1>; rel=\"prev\"",
            "</v1/next>; rel=\"nextpage\"",
            "<broken",
        ] {
            assert_eq!(next(last), Ok(None), "{last}");
        }
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
            after(inside, &Position::Start, 1, &answer(body, None)),
            page(two)
        );
    }

    #[test]
    fn records_are_an_array_of_objects_where_it_is_said() {
        let found = |body: Value, path: &str| records(&mut answer(body, None), path);
        assert_eq!(
            found(json!({ "data": { "items": [{}] } }), "data.items"),
            Ok(vec![json!({})])
        );
        assert_eq!(found(json!([{}]), ""), Ok(vec![json!({})]));
        assert_eq!(found(json!({ "a/b": [] }), "a/b"), Ok(Vec::new()));
        for (body, path) in [
            (json!({ "data": [] }), "data.items"),
            (json!({ "items": null }), "items"),
            (json!({ "items": {} }), "items"),
            (json!({ "items": [1] }), "items"),
            (json!({}), ""),
        ] {
            assert!(found(body, path).is_err(), "{path}");
        }
    }
}
