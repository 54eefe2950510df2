//! An API that is declared, not programmed: page after page of each endpoint, kept on disk until they are landed.

mod caller;
mod declared;
mod link;
mod paging;
mod spool;

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use reqwest::Url;

pub use declared::Api;
pub use spool::forget_pages;

use self::caller::Caller;
use self::declared::Endpoint;
use self::paging::{Answer, Position, Turned};
use self::spool::{Fresh, Spool};
use super::Limits;
use super::streams::{Hear, Streams, Told};
use crate::error::{Error, Kind, Result};

impl Api {
    /// Reads all endpoints. Pages are kept in `folder`: when this is interrupted, the next call goes on behind the last one.
    /// With `since`, endpoints that know how are asked only for what changed.
    ///
    /// # Errors
    /// `Kind::Destination` when a later run may fare better; `Kind::Source` when an answer cannot be used.
    pub async fn read(
        &self,
        folder: &Path,
        since: Option<Timestamp>,
        limits: &Limits,
        hear: Hear<'_>,
    ) -> Result<Streams> {
        let since = since.map(|since| since.to_string());
        let mut reading = Reading {
            api: self,
            caller: Caller::new(self, limits.inflated_bytes, hear)?,
            folder,
            since: since.as_deref(),
            limits,
            hear,
        };
        let mut objects = BTreeMap::new();
        for (object, endpoint) in &self.endpoints {
            let spool = reading.endpoint(object, endpoint).await?;
            objects.insert(object.clone(), spool.shared()?);
        }
        Ok(Streams {
            origin: "api",
            objects,
        })
    }
}

impl Api {
    /// Whether any endpoint can be asked for nothing but what changed.
    #[must_use]
    pub fn knows_changes(&self) -> bool {
        let mut endpoints = self.endpoints.values();
        endpoints.any(|endpoint| endpoint.updated_since.is_some())
    }
}

struct Reading<'a> {
    api: &'a Api,
    caller: Caller<'a>,
    folder: &'a Path,
    since: Option<&'a str>,
    limits: &'a Limits,
    hear: Hear<'a>,
}

impl Reading<'_> {
    async fn endpoint(&mut self, object: &str, endpoint: &Endpoint) -> Result<Spool> {
        let asked = self.api.fingerprint(endpoint, self.since);
        let mut spool = Spool::open(self.folder, object, &asked, Timestamp::now())?;
        let pages = spool.page_count();
        if pages > 0 {
            (self.hear)(Told::GoesOn { object, pages });
        }
        if let Err(error) = self.pages(object, endpoint, &mut spool).await {
            // A list that cannot be used today is begun anew: perhaps where it was to go on is no place any more.
            if error.kind() == Kind::Source && !spool.is_spared() {
                spool.forget()?;
            }
            return Err(error);
        }
        let (pages, records) = (spool.page_count(), spool.record_count());
        (self.hear)(Told::Read {
            object,
            pages,
            records,
        });
        Ok(spool)
    }

    async fn pages(&mut self, object: &str, endpoint: &Endpoint, spool: &mut Spool) -> Result<()> {
        let start = match &endpoint.pagination {
            Some(pagination) => pagination.start(),
            None => Position::Start,
        };
        while let Some(at) = spool.next(start.clone()) {
            let fresh = self.page(object, endpoint, spool, &at).await;
            if fresh
                .as_ref()
                .is_err_and(|error| error.kind() == Kind::Source)
            {
                spool.refuse()?;
            }
            spool.keep(&at, fresh?)?;
            let (pages, records) = (spool.page_count(), spool.record_count());
            (self.hear)(Told::Page {
                object,
                pages,
                records,
            });
            if spool.bytes() > self.limits.inflated_bytes {
                return Err(wrong(object, "has more records than are taken"));
            }
        }
        match spool.total() {
            Some(total) if spool.record_count() < total => {
                let read = spool.record_count();
                Err(wrong(
                    object,
                    &format!("gives {read} records, and says that there are {total}"),
                ))
            }
            _ => Ok(()),
        }
    }

    /// Asks for a page, and takes out of the answer what is kept.
    async fn page(
        &mut self,
        object: &str,
        endpoint: &Endpoint,
        spool: &Spool,
        at: &Position,
    ) -> Result<Fresh> {
        let url = self.url(endpoint, at)?;
        let may_be_past_the_end = is_past_a_short_page(endpoint, spool);
        let answer = self.caller.ask(object, &url, may_be_past_the_end).await?;
        self.taken(endpoint, &answer, at, &url)
            .map_err(|what| wrong(object, &what))
    }

    fn taken(
        &self,
        endpoint: &Endpoint,
        answer: &Answer,
        at: &Position,
        asked: &Url,
    ) -> Result<Fresh, String> {
        let records = paging::records(answer, &endpoint.records)?;
        let total = endpoint.total.as_deref().zip(answer.body.as_deref());
        let total = total.map(|(path, body)| paging::total(body, path));
        let turned = Turned {
            at,
            asked,
            answer,
            records: records.len() as u64,
            is_counted: endpoint.total.is_some(),
        };
        let next = match &endpoint.pagination {
            Some(by) => by.after(&turned)?,
            None => None,
        };
        if let Some(next) = &next {
            self.api.check_next(endpoint, next)?;
        }
        Ok(Fresh {
            lines: paging::lines(&records, self.limits.record_bytes)?,
            records: turned.records,
            total: total.transpose()?,
            next,
        })
    }

    fn url(&self, endpoint: &Endpoint, at: &Position) -> Result<Url> {
        if let Position::Link(link) = at {
            let bad =
                |cause| Error::new(Kind::Bug, "a link that was kept is no address").because(cause);
            return Url::parse(link).map_err(bad);
        }
        let mut url = self.api.base.clone();
        url.path_segments_mut()
            .map_err(|()| Error::new(Kind::Bug, "the base URL cannot hold a path"))?
            .pop_if_empty()
            .extend(endpoint.path.split('/').filter(|part| !part.is_empty()));
        let paging = endpoint.pagination.as_ref().map(|by| by.parameters(at));
        let since = endpoint
            .updated_since
            .clone()
            .zip(self.since.map(str::to_owned));
        let fixed = endpoint.parameters.clone();
        let mut parameters = fixed
            .into_iter()
            .chain(since)
            .chain(paging.into_iter().flatten())
            .peekable();
        if parameters.peek().is_some() {
            url.query_pairs_mut().extend_pairs(parameters);
        }
        Ok(url)
    }
}

/// Whether the page before could be the last one, of pages by number: then there may be nothing behind it, not even a page.
fn is_past_a_short_page(endpoint: &Endpoint, spool: &Spool) -> bool {
    let numbered = endpoint.pagination.as_ref();
    let numbered = numbered.filter(|by| by.passes_the_end());
    let before = numbered.zip(spool.fullness());
    before.is_some_and(|(by, (records, most))| !by.is_full(records, most))
}

fn wrong(object: &str, what: &str) -> Error {
    Error::new(Kind::Source, format!("endpoint `{object}` {what}")).hint(format!(
        "check [endpoints.{object}] in source.toml against the source's own documentation; `size`, or `total`, shows whether a list is whole"
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::cell::RefCell;
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::*;

    /// An API whose answers are these, one a call.
    fn answering(bodies: &'static [&'static str]) -> Api {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for body in bodies {
                let (mut stream, _) = listener.accept().unwrap();
                assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
                let length = body.len();
                let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length";
                write!(stream, "{head}: {length}\r\n\r\n{body}").unwrap();
            }
        });
        let text = format!(
            "base_url = \"http://{address}\"\ncalls_per_minute = 60000\n[endpoints.contact]\n\
             path = \"a\"\nrecords = \"\"\npagination = {{ by = \"page\", parameter = \"p\" }}\n"
        );
        Api::parse(&text, "KEY", &|_| None).unwrap()
    }

    #[test]
    fn each_page_is_told_as_soon_as_it_is_kept() {
        let api = answering(&["[{\"id\":1},{\"id\":2}]", "[{\"id\":3}]", "[]"]);
        let folder = tempfile::tempdir().unwrap();
        let told = RefCell::new(Vec::new());
        let hear = |word: Told<'_>| {
            told.borrow_mut().push(match word {
                Told::Page { pages, records, .. } => (pages, records),
                _ => (0, 0),
            });
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let limits = Limits::default();
        let reading = api.read(folder.path(), None, &limits, &hear);
        runtime.block_on(reading).unwrap();
        assert_eq!(told.into_inner(), [(1, 2), (2, 3), (3, 3), (0, 0)]);
    }
}
