//! Selections that had to be collected by reading many records, kept so that their next page does not do it again.

use std::cell::RefCell;
use std::sync::Arc;

/// Selections kept at a time.
const KEPT: usize = 8;

#[derive(Debug)]
struct One {
    name: String,
    /// From this second on the clock alone can change it.
    until: i64,
    ids: Arc<Vec<u64>>,
}

/// The last selections since something was written.
#[derive(Debug, Default)]
pub struct Collected(RefCell<Vec<One>>);

impl Collected {
    /// The selection of this name, found now unless it is kept.
    pub fn get(
        &self,
        name: String,
        now: i64,
        find: impl FnOnce() -> (Vec<u64>, i64),
    ) -> Arc<Vec<u64>> {
        let mut kept = self.0.borrow_mut();
        kept.retain(|one| now < one.until);
        if let Some(one) = kept.iter().find(|one| one.name == name) {
            return Arc::clone(&one.ids);
        }
        let (ids, until) = find();
        let ids = Arc::new(ids);
        if kept.len() == KEPT {
            kept.remove(0);
        }
        kept.push(One {
            name,
            until,
            ids: Arc::clone(&ids),
        });
        ids
    }

    /// Something was written.
    pub fn clear(&mut self) {
        self.0.get_mut().clear();
    }
}
