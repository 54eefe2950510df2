//! Numbers that only look random: the same seed, thing and index give the same ones, in any order and without memory.

use jiff::Timestamp;
use jiff::civil::{Date, date};

/// A row of numbers for one thing: splitmix64, begun at a hash of what it is for.
#[derive(Clone, Debug)]
pub struct Dice(u64);

/// Wall clocks in Berlin that daylight saving time skips or shows twice, as UTC.
const CHANGES: [&str; 4] = [
    "2026-03-29T01:30:00Z",
    "2025-10-26T00:30:00Z",
    "2025-10-26T01:30:00Z",
    "2025-03-30T01:15:00Z",
];

impl Dice {
    /// The numbers for thing `what` number `index` of the account `seed`.
    pub fn new(seed: u64, what: &str, index: u64) -> Self {
        // FNV-1a tells the things apart, the mixing of splitmix64 the indexes.
        let hash = what.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let begin = mixed(seed ^ hash.rotate_left(17));
        Self(mixed(begin ^ index.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    /// A number below `bound`; 0 when there is none.
    pub fn below(&mut self, bound: u64) -> u64 {
        let scaled = (u128::from(self.next()) * u128::from(bound)) >> 64;
        u64::try_from(scaled).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// True so many times of a hundred.
    pub fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    /// A number from 0 to below 1.
    #[allow(clippy::cast_precision_loss)]
    pub fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// One of the words; nothing when there are none.
    pub fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        let place = self.below(words.len() as u64);
        let place = usize::try_from(place).unwrap_or(0);
        words.get(place).copied().unwrap_or_default()
    }

    /// A number from 1 to `count` of which the low ones are frequent: the k-th about 1/k as often as the first.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss
    )]
    pub fn zipf(&mut self, count: u64) -> u64 {
        // The inverse of a harmonic sum, by its logarithm.
        let drawn = ((count as f64 + 1.0).ln() * self.fraction()).exp();
        (drawn as u64).clamp(1, count.max(1))
    }

    /// How many things one has when most have few and some have many; `middle` is the median.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn log_normal(&mut self, middle: f64, most: u64) -> u64 {
        // Twelve uniform numbers add up to a normal one.
        let normal = (0..12).map(|_| self.fraction()).sum::<f64>() - 6.0;
        ((middle * (0.9 * normal).exp()) as u64).min(most)
    }

    /// A moment between two; now and then one that daylight saving time makes difficult.
    pub fn moment(&mut self, from: Timestamp, to: Timestamp) -> Timestamp {
        if self.below(200) == 0 {
            let change = self.pick(&CHANGES).parse().unwrap_or(from);
            if (from..=to).contains(&change) {
                return change;
            }
        }
        let span = to.as_second().saturating_sub(from.as_second());
        let offset = self.below(u64::try_from(span).unwrap_or(0) + 1);
        let second = from.as_second().saturating_add_unsigned(offset);
        Timestamp::from_second(second).unwrap_or(from)
    }

    /// A day of these years.
    pub fn day(&mut self, first: i16, last: i16) -> Date {
        let years = u64::try_from(last - first).unwrap_or(0);
        let year = first.saturating_add(i16::try_from(self.below(years + 1)).unwrap_or(0));
        let month = i8::try_from(self.between(1, 12)).unwrap_or(1);
        let day = i8::try_from(self.between(1, 28)).unwrap_or(1);
        Date::new(year, month, day).unwrap_or(date(2024, 2, 29))
    }
}

fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_thing_gets_the_same_numbers_and_another_does_not() {
        let drawn = |seed, what, index| Dice::new(seed, what, index).next();
        assert_eq!(drawn(1, "contact", 7), drawn(1, "contact", 7));
        assert_ne!(drawn(1, "contact", 7), drawn(1, "contact", 8));
        assert_ne!(drawn(1, "contact", 7), drawn(1, "lead", 7));
        assert_ne!(drawn(1, "contact", 7), drawn(2, "contact", 7));
    }

    #[test]
    fn shares_are_kept() {
        let hits = |share| {
            (0..10_000)
                .filter(|index| Dice::new(9, "x", *index).percent(share))
                .count()
        };
        assert!((1_000..1_400).contains(&hits(12)));
        let first = (0..10_000)
            .filter(|index| Dice::new(9, "y", *index).zipf(100) == 1)
            .count();
        assert!((1_200..1_800).contains(&first), "{first}");
    }
}
