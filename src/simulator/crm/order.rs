//! A sorted set that knows the place of each value, so that a page costs the same however far down it lies.
//!
//! The values stand in blocks. To find a place, block lengths are added up; to insert, one block is moved. Both are
//! a few microseconds for a million values.

use std::ops::Range;

/// Values of a full block.
const BLOCK: usize = 512;

/// Distinct values in ascending order.
#[derive(Clone, Debug)]
pub struct Ordered<T> {
    /// None of them is empty.
    blocks: Vec<Vec<T>>,
    len: usize,
}

impl<T: Ord + Copy> Ordered<T> {
    /// No values.
    pub const EMPTY: Self = Self {
        blocks: Vec::new(),
        len: 0,
    };

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Adds a value. New records come last, so their block is only pushed to.
    pub fn insert(&mut self, value: T) {
        let place = self.block_of(value);
        let Some(block) = self.blocks.get_mut(place) else {
            self.push(value);
            return;
        };
        let Err(inside) = block.binary_search(&value) else {
            return;
        };
        block.insert(inside, value);
        self.len += 1;
        if block.len() > BLOCK {
            let upper = block.split_off(BLOCK / 2);
            self.blocks.insert(place + 1, upper);
        }
    }

    fn push(&mut self, value: T) {
        self.len += 1;
        match self.blocks.last_mut() {
            Some(block) if block.len() < BLOCK => block.push(value),
            Some(_) => {
                let mut block = Vec::with_capacity(BLOCK);
                block.push(value);
                self.blocks.push(block);
            }
            // Most sets hold one value for ever.
            None => {
                self.blocks.reserve_exact(1);
                self.blocks.push(vec![value]);
            }
        }
    }

    /// Takes a value out.
    pub fn remove(&mut self, value: T) {
        let place = self.block_of(value);
        let Some(block) = self.blocks.get_mut(place) else {
            return;
        };
        let Ok(inside) = block.binary_search(&value) else {
            return;
        };
        block.remove(inside);
        self.len -= 1;
        if block.is_empty() {
            self.blocks.remove(place);
            return;
        }
        self.join(place);
        if let Some(before) = place.checked_sub(1) {
            self.join(before);
        }
    }

    /// Makes one block of this and the next when both have become small.
    fn join(&mut self, place: usize) {
        if let [block, next, ..] = &self.blocks[place..]
            && block.len() + next.len() <= BLOCK / 2
        {
            let next = self.blocks.remove(place + 1);
            self.blocks[place].extend(next);
        }
    }

    /// How many values are smaller than this one.
    pub fn place(&self, value: T) -> usize {
        let block = self.block_of(value);
        let before: usize = self.blocks[..block].iter().map(Vec::len).sum();
        let inside = self.blocks.get(block);
        before + inside.map_or(0, |block| block.partition_point(|one| *one < value))
    }

    /// The values at these places, ascending.
    pub fn slice(&self, places: Range<usize>) -> Vec<T> {
        let mut skip = places.start;
        let mut found = Vec::with_capacity(places.len());
        for block in &self.blocks {
            if found.len() == places.len() {
                break;
            }
            if skip >= block.len() {
                skip -= block.len();
                continue;
            }
            let most = places.len() - found.len();
            found.extend(block.iter().skip(skip).take(most));
            skip = 0;
        }
        found
    }

    /// All values, ascending.
    pub fn iter(&self) -> impl Iterator<Item = T> {
        self.blocks.iter().flatten().copied()
    }

    /// The first block that ends at or behind `value`.
    fn block_of(&self, value: T) -> usize {
        self.blocks
            .partition_point(|block| block.last().is_some_and(|last| *last < value))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The same steps on a plain set, compared after each thousand.
    #[test]
    fn it_is_a_sorted_set_whatever_is_put_in_and_taken_out() {
        let (mut ordered, mut plain) = (Ordered::EMPTY, BTreeSet::new());
        let mut random = 1_u64;
        for step in 0..40_000_u64 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let value = (random >> 33) % 5_000;
            // More comes than goes at first, then the other way round.
            if (random >> 20) % 10 < if step < 20_000 { 7 } else { 2 } {
                ordered.insert(value);
                plain.insert(value);
            } else {
                ordered.remove(value);
                plain.remove(&value);
            }
            if step % 1_000 == 0 {
                let all: Vec<u64> = plain.iter().copied().collect();
                assert_eq!(ordered.iter().collect::<Vec<u64>>(), all);
                assert_eq!(ordered.len(), all.len());
                let middle = all.len() / 2..(all.len() / 2 + 100).min(all.len());
                assert_eq!(ordered.slice(middle.clone()), &all[middle]);
                assert_eq!(ordered.place(value), plain.range(..value).count());
                assert!(ordered.blocks.iter().all(|block| !block.is_empty()));
            }
        }
    }

    #[test]
    fn blocks_that_thin_out_are_joined() {
        let mut ordered = Ordered::EMPTY;
        (0..100_000).for_each(|value| ordered.insert(value));
        (0..100_000)
            .filter(|value| value % 100 != 0)
            .for_each(|value| ordered.remove(value));
        assert_eq!(ordered.len(), 1_000);
        assert!(
            ordered.blocks.len() <= 10,
            "{} blocks",
            ordered.blocks.len()
        );
    }
}
