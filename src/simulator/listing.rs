//! Which records a call lists, in which order, and the slice that is one page.

use std::sync::Arc;

use super::answer::Failure;
use super::call::{Call, Page};
use super::crm::{Entity, IdList, Table, World};

/// The order of a list. Without `sort` the newest come first, so paging is stable only with one.
#[derive(Clone, Copy)]
pub struct Sort {
    by: By,
    is_ascending: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum By {
    /// In the order of ids, which is the order of creation.
    Id,
    /// By a creation time that requests may set.
    Created,
    Updated,
}

impl Sort {
    /// Reads the query of a call. See [`Sort::read`].
    pub fn of(world: &World, call: &Call) -> Result<Self, Failure> {
        Self::read(world, call.param("sort"), call.param("sort_type"))
    }

    /// Reads `sort` and `sort_type`; others than the documented ones are refused.
    pub fn read(
        world: &World,
        sort: Option<&str>,
        direction: Option<&str>,
    ) -> Result<Self, Failure> {
        let by = match sort {
            Some("updated_at") => By::Updated,
            // The other three are derived from things that the simulator has none of: every record is equal.
            None | Some("created_at" | "lead_score" | "open_deals_amount" | "last_contacted") => {
                if world.profile().honour_created_at {
                    By::Created
                } else {
                    By::Id
                }
            }
            Some(_) => return Err(Failure::invalid("sort is invalid")),
        };
        let is_ascending = match direction {
            None | Some("desc") => false,
            Some("asc") => true,
            Some(_) => return Err(Failure::invalid("sort_type is invalid")),
        };
        Ok(Self { by, is_ascending })
    }

    /// Whether the order is that of the last change.
    pub fn is_by_change(self) -> bool {
        self.by == By::Updated
    }
}

/// Records that a call lists. None of them is read before the page is known.
pub enum Selection<'a> {
    /// A list that is always there; ids ascend.
    Kept(&'a IdList),
    /// The undeleted records of a table, in the order of change, from this place on.
    ChangedFrom(usize),
    /// Collected for this call, in ascending order of its sort.
    Collected(Arc<Vec<u64>>),
}

impl Selection<'_> {
    /// Collects ids by `find`, which reads many records, or takes what an equal call has collected.
    ///
    /// `named` tells calls apart; from the second `until` on, the answer may be another one.
    pub fn collect(
        world: &World,
        (entity, table): (Entity, &Table),
        (named, sort): (&str, Sort),
        find: impl FnOnce() -> (Vec<u64>, i64),
    ) -> Self {
        let name = format!("{} {:?} {named}", entity.plural(), sort.by);
        let ordered = || {
            let (mut ids, until) = find();
            match sort.by {
                By::Id => (),
                By::Created => ids.sort_by_cached_key(|id| table.created(*id)),
                By::Updated => ids.sort_by_cached_key(|id| table.changed(*id)),
            }
            (ids, until)
        };
        Self::Collected(world.collected(name, ordered))
    }

    /// How many there are.
    pub fn len(&self, table: &Table) -> usize {
        match self {
            Self::Kept(list) => list.len(),
            Self::ChangedFrom(first) => table.all().len() - first,
            Self::Collected(ids) => ids.len(),
        }
    }

    /// The ids of one page.
    pub fn page(&self, table: &Table, sort: Sort, page: Page) -> Vec<u64> {
        let total = self.len(table);
        let range = page.range(total);
        let places = if sort.is_ascending {
            range
        } else {
            total - range.end..total - range.start
        };
        let mut ids = match self {
            Self::Kept(list) => match sort.by {
                By::Id => list.slice(places),
                By::Created => table.by_creation(list, places),
                By::Updated => table.by_change(list, places),
            },
            Self::ChangedFrom(first) => {
                table.by_change(table.all(), places.start + first..places.end + first)
            }
            Self::Collected(ids) => ids[places].to_vec(),
        };
        if !sort.is_ascending {
            ids.reverse();
        }
        ids
    }
}
