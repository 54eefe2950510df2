//! Records read back: pages in their different ways of ending, saved views found by name, searches in chunks.

use std::ops::ControlFlow;

use reqwest::Method;
use serde_json::{Value, json};

use super::outcome::Purpose;
use super::page::{End, listed_only, print_of, records};
use super::transport::{Call, OBJECTS_HINT};
use super::view::view_id;
use super::{Client, Endpoint};
use crate::error::{Error, Kind, Result};

/// Records asked for per page; more is cut down to this there.
const PER_PAGE: u64 = 100;
/// Values in one `is_in`.
const SEARCH_CHUNK: usize = 50;
/// A list that goes on longer than this does not end at all.
const MOST_PAGES: u64 = 1_000_000;

/// Which records to read.
#[derive(Clone, PartialEq, Eq)]
pub enum Listing {
    /// Saved views, by name, one after the other. A record may be in several of them.
    Views {
        /// Path and plural key: `contacts`.
        target: String,
        /// The views' names.
        names: Vec<String>,
        /// Parts that thin records come without: `owner`, `sales_accounts`.
        include: Vec<String>,
    },
    /// A flat list: `GET {target}`, once for each filter, or once without any.
    Pages {
        /// Path and plural key: `tasks`.
        target: String,
        /// Values of `filter`.
        filters: Vec<String>,
        /// As for views.
        include: Vec<String>,
    },
    /// A search for values of one attribute, as [`Client::find`].
    Search {
        /// Plural key: `deals`.
        target: String,
        /// Entity searched: `deal`.
        wrapper: String,
        /// The destination's name of the attribute.
        attribute: String,
        /// Values, any of which fits.
        values: Vec<String>,
    },
    /// The children of one record. A parent that is not there has none.
    Children {
        /// `contacts/7/notes`.
        parent_path: String,
        /// Their key in the answer: `notes`.
        root: String,
    },
    /// The members of a marketing list.
    Members {
        /// The list's id.
        list_id: i64,
    },
}

/// The order in which views are read.
#[derive(Clone, Copy)]
enum Order {
    /// The oldest first: records made during the reading come last and shift no page.
    Oldest,
    /// What was written last comes first.
    Newest,
}

/// How far a reading went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Records that came.
    pub records: u64,
    /// Whether every page was read.
    pub is_whole: bool,
}

impl Listed {
    fn whole(records: u64) -> Self {
        Self {
            records,
            is_whole: true,
        }
    }

    /// Takes the next list's reading in; whether to go on.
    fn and(&mut self, next: Self) -> bool {
        self.records += next.records;
        self.is_whole = next.is_whole;
        self.is_whole
    }
}

impl Client {
    /// Records whose `attribute` is one of `values`, 50 values a call, all pages. Rows are thin there, and a record written
    /// a moment ago may be missing. The same record may come twice.
    ///
    /// # Errors
    /// `Kind::Destination`: unreachable, refused, out of quota, or the answer is no list.
    pub async fn find(
        &self,
        to: &Endpoint,
        attribute: &str,
        values: &[String],
    ) -> Result<Vec<Value>> {
        let mut found = Vec::new();
        self.search(to, attribute, values, &mut |page| {
            found.extend(page);
            Ok(ControlFlow::Continue(()))
        })
        .await?;
        Ok(found)
    }

    /// Hands every page of `what` to `on_page`, at most 100 records each, and returns how many records came. Only one page
    /// is held at a time. Other people change the account meanwhile: a record may come twice.
    ///
    /// # Errors
    /// `Kind::Destination`: as [`Self::find`], or a view is not there; and whatever `on_page` returns, at once.
    pub async fn list(
        &self,
        what: &Listing,
        mut on_page: impl FnMut(Vec<Value>) -> Result<()>,
    ) -> Result<u64> {
        let mut each = |page| on_page(page).map(ControlFlow::Continue);
        let listed = self.walk_list(what, Order::Oldest, &mut each).await?;
        Ok(listed.records)
    }

    /// As [`Self::list`], the last written records first where the destination can sort, until `on_page` has seen enough.
    ///
    /// # Errors
    /// As [`Self::list`].
    pub async fn list_until(
        &self,
        what: &Listing,
        mut on_page: impl FnMut(Vec<Value>) -> Result<ControlFlow<()>>,
    ) -> Result<Listed> {
        self.walk_list(what, Order::Newest, &mut on_page).await
    }

    async fn walk_list(
        &self,
        what: &Listing,
        order: Order,
        on_page: &mut impl FnMut(Vec<Value>) -> Result<ControlFlow<()>>,
    ) -> Result<Listed> {
        match what {
            Listing::Views {
                target,
                names,
                include,
            } => self.views((target, names, include), order, on_page).await,
            Listing::Pages {
                target,
                filters,
                include,
            } => self.flat(target, filters, include, on_page).await,
            Listing::Search {
                target,
                wrapper,
                attribute,
                values,
            } => {
                let to = Endpoint {
                    target: target.clone(),
                    wrapper: wrapper.clone(),
                    include: Vec::new(),
                };
                self.search(&to, attribute, values, on_page).await
            }
            Listing::Children { parent_path, root } => {
                self.children(parent_path, root, on_page).await
            }
            Listing::Members { list_id } => {
                let path = format!("contacts/lists/{list_id}");
                self.all_pages(&path, "contacts", &[], on_page).await
            }
        }
    }

    async fn views(
        &self,
        (target, names, include): (&str, &[String], &[String]),
        order: Order,
        on_page: &mut impl FnMut(Vec<Value>) -> Result<ControlFlow<()>>,
    ) -> Result<Listed> {
        let filters = self.saved_views(target).await?;
        let (sort, direction) = match order {
            Order::Oldest => ("created_at", "asc"),
            Order::Newest => ("updated_at", "desc"),
        };
        let mut listed = Listed::whole(0);
        for name in names {
            let path = format!("{target}/view/{}", view_id(&filters, target, name)?);
            let mut query = vec![
                ("sort", sort.to_owned()),
                ("sort_type", direction.to_owned()),
            ];
            query.extend(include_query(include));
            if !listed.and(self.all_pages(&path, target, &query, on_page).await?) {
                break;
            }
        }
        Ok(listed)
    }

    async fn flat(
        &self,
        target: &str,
        filters: &[String],
        include: &[String],
        on_page: &mut impl FnMut(Vec<Value>) -> Result<ControlFlow<()>>,
    ) -> Result<Listed> {
        let include = include_query(include);
        if filters.is_empty() {
            return self.all_pages(target, target, &include, on_page).await;
        }
        let mut listed = Listed::whole(0);
        for filter in filters {
            let mut query = vec![("filter", filter.clone())];
            query.extend(include.iter().cloned());
            if !listed.and(self.all_pages(target, target, &query, on_page).await?) {
                break;
            }
        }
        Ok(listed)
    }

    async fn search(
        &self,
        to: &Endpoint,
        attribute: &str,
        values: &[String],
        on_page: &mut impl FnMut(Vec<Value>) -> Result<ControlFlow<()>>,
    ) -> Result<Listed> {
        let path = format!("filtered_search/{}", to.wrapper);
        let mut listed = Listed::whole(0);
        for chunk in values.chunks(SEARCH_CHUNK) {
            let rule = json!([{"attribute": attribute, "operator": "is_in", "value": chunk}]);
            let page_of = |page: u64| {
                let body = json!({
                    "filter_rule": &rule, "page": page, "per_page": PER_PAGE,
                    "sort": "created_at", "sort_type": "asc",
                });
                Call::with_body(Method::POST, &path, body, Purpose::Read)
            };
            let walked = self.walk(page_of, &path, &to.target, on_page).await?;
            if !listed.and(walked.ok_or_else(|| no_list(&path))?) {
                break;
            }
        }
        Ok(listed)
    }

    /// Children through their own route. It is undocumented and may be missing: then through the parent's `include`.
    async fn children(
        &self,
        path: &str,
        root: &str,
        on_page: &mut impl FnMut(Vec<Value>) -> Result<ControlFlow<()>>,
    ) -> Result<Listed> {
        if let Some(listed) = self.walk(pages_of(path, &[]), path, root, on_page).await? {
            return Ok(listed);
        }
        let parent = path.rsplit_once('/').map_or(path, |(parent, _)| parent);
        let Some(mut record) = self.get(parent, &[root.to_owned()]).await? else {
            return Ok(Listed::whole(0));
        };
        let children = records(&mut record, path, root)?;
        let count = children.len() as u64;
        if count > 0 && on_page(children)?.is_break() {
            return Ok(Listed {
                records: count,
                is_whole: false,
            });
        }
        Ok(Listed::whole(count))
    }

    async fn all_pages(
        &self,
        path: &str,
        root: &str,
        query: &[(&'static str, String)],
        on_page: &mut impl FnMut(Vec<Value>) -> Result<ControlFlow<()>>,
    ) -> Result<Listed> {
        let count = self
            .walk(pages_of(path, query), path, root, on_page)
            .await?;
        count.ok_or_else(|| no_list(path))
    }

    /// Page by page until the list ends; `None` when its first page is a 404.
    async fn walk(
        &self,
        page_of: impl Fn(u64) -> Call,
        path: &str,
        root: &str,
        on_page: &mut impl FnMut(Vec<Value>) -> Result<ControlFlow<()>>,
    ) -> Result<Option<Listed>> {
        let mut seen = 0;
        let mut last = None;
        for page in 1..=MOST_PAGES {
            let Some(mut answer) = self.transport.read(&page_of(page)).await? else {
                return match page {
                    1 => Ok(None),
                    _ => Err(no_list(path)),
                };
            };
            let rows = listed_only(records(&mut answer, path, root)?);
            let end = End::of(&answer);
            let print = print_of(&rows);
            if rows.is_empty() || (last == Some(print) && end.is_untold()) {
                return Ok(Some(Listed::whole(seen)));
            }
            if last == Some(print) {
                break;
            }
            last = Some(print);
            let count = rows.len() as u64;
            seen += count;
            let is_enough = on_page(rows)?.is_break();
            let is_whole = end.is_reached(page, count, seen);
            if is_whole || is_enough {
                return Ok(Some(Listed {
                    records: seen,
                    is_whole,
                }));
            }
        }
        Err(endless(path))
    }
}

fn endless(path: &str) -> Error {
    let text = format!("the list `{path}` does not end: its pages repeat");
    Error::new(Kind::Destination, text)
        .hint("run the same command again; if it stays, report it with the path")
}

fn pages_of(path: &str, query: &[(&'static str, String)]) -> impl Fn(u64) -> Call {
    move |page| {
        let mut all = vec![
            ("page", page.to_string()),
            ("per_page", PER_PAGE.to_string()),
        ];
        all.extend(query.iter().cloned());
        Call::get(path, all)
    }
}

/// The `include` parameter, or none.
pub(super) fn include_query(include: &[String]) -> Vec<(&'static str, String)> {
    if include.is_empty() {
        return Vec::new();
    }
    vec![("include", include.join(","))]
}

/// A list that is a 404.
pub(super) fn no_list(path: &str) -> Error {
    Error::new(
        Kind::Destination,
        format!("the destination has no list `{path}` (404)"),
    )
    .hint(OBJECTS_HINT)
}
