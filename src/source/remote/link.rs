//! The `Link` header, as RFC 8288 writes it: `<https://…?page=2>; rel="next", <…>; rel="last"`.

/// A link: its address, and what it is to this answer.
struct Link<'a> {
    address: &'a str,
    relations: String,
}

/// The address of the next page, of all headers that there are; none when this is the last one.
///
/// A header that cannot be read may be the one that says it: that is refused, as the end of a sentence.
pub(super) fn next(headers: &[Vec<u8>]) -> Result<Option<String>, String> {
    let unread = || "has a `Link` header that cannot be read".to_owned();
    for header in headers {
        let text = std::str::from_utf8(header).map_err(|_| unread())?;
        for link in links(text).ok_or_else(unread)? {
            let mut relations = link.relations.split_ascii_whitespace();
            if relations.any(|relation| relation.eq_ignore_ascii_case("next")) {
                return Ok(Some(link.address.trim().to_owned()));
            }
        }
    }
    Ok(None)
}

fn links(header: &str) -> Option<Vec<Link<'_>>> {
    let mut found = Vec::new();
    let mut rest = header;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return Some(found);
        }
        let (address, behind) = rest.strip_prefix('<')?.split_once('>')?;
        let (relations, behind) = relations(behind)?;
        found.push(Link { address, relations });
        rest = behind;
    }
}

/// The first `rel` among the parameters of a link, and what follows them.
fn relations(text: &str) -> Option<(String, &str)> {
    let mut relations = None;
    let mut rest = text.trim_start();
    while let Some(parameter) = rest.strip_prefix(';') {
        let parameter = parameter.trim_start();
        let end = parameter.find(['=', ';', ',']).unwrap_or(parameter.len());
        let (name, behind) = parameter.split_at(end);
        let (value, behind) = match behind.strip_prefix('=') {
            Some(behind) => value(behind.trim_start())?,
            None => (String::new(), behind),
        };
        if name.trim_end().eq_ignore_ascii_case("rel") {
            relations.get_or_insert(value);
        }
        rest = behind.trim_start();
    }
    let is_end = rest.is_empty() || rest.starts_with(',');
    is_end.then(|| (relations.unwrap_or_default(), rest))
}

/// A value, in quotes or as it is, and what follows it.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ',']).unwrap_or(text.len());
        let (value, behind) = text.split_at(end);
        return Some((value.trim_end().to_owned(), behind));
    };
    let mut value = String::new();
    let mut characters = quoted.chars();
    loop {
        match characters.next()? {
            '"' => return Some((value, characters.as_str())),
            '\\' => value.push(characters.next()?),
            other => value.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn next_of(headers: &[&str]) -> Result<Option<String>, String> {
        let headers: Vec<Vec<u8>> = headers
            .iter()
            .map(|text| text.as_bytes().to_vec())
            .collect();
        next(&headers)
    }

    #[test]
    fn the_next_page_is_found_however_it_is_written() {
        for headers in [
            ["<?p=2>; rel=\"next\""].as_slice(),
            &["</style.css>; rel=preload; as=style", "<?p=2>; rel=next"],
            &["<?p=1>; rel=prev, <?p=2>; title=\"a, <b>; \\\" rel=last\"; rel=next"],
            &["<?p=2>; REL=next"],
            &["<?p=2> ; rel = Next"],
            &["<?p=2>;rel=\"last  NEXT\",<?p=9>;rel=last"],
            &["<?p=2>; crossorigin; rel=next;"],
            &["<?p=2>; title=\"Übersicht\"; rel=next"],
        ] {
            // An empty parameter, as behind a last `;`, says nothing.
            assert_eq!(
                next_of(headers).unwrap().as_deref(),
                Some("?p=2"),
                "{headers:?}"
            );
        }
    }

    #[test]
    fn no_next_page_is_something_else_than_one_that_cannot_be_read() {
        for headers in [
            [].as_slice(),
            &[""],
            &["<?p=1>; rel=prev"],
            &["</next>; rel=nextpage"],
            &["<?p=2>; rel=last; rel=next"],
            &["<?p=2>; title=\"; rel=next\""],
        ] {
            assert_eq!(next_of(headers).unwrap(), None, "{headers:?}");
        }
        for header in [
            "<broken",
            "?p=2; rel=next",
            "<?p=2>; rel=\"next",
            "<?p=2> rel=next",
        ] {
            assert!(next_of(&[header]).is_err(), "{header}");
        }
        assert!(next(&[b"<?p=\xff>; rel=next".to_vec()]).is_err());
    }
}
