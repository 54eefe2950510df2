//! Chance that is the same each time, and what it does to bytes.

/// Numbers from a seed (SplitMix64).
pub struct Chance(u64);

impl Chance {
    /// The numbers of one input: those of its neighbours are others.
    pub fn new(seed: u64, number: u64) -> Self {
        let mut chance = Self(seed ^ number.wrapping_mul(0xD134_2543_DE82_EF95));
        chance.next();
        chance
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 when there is none.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % (end.max(1) as u64)) as usize
    }

    /// Whether something happens that happens once in `times`.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// Mostly small, sometimes up to `most`.
    pub fn size(&mut self, most: usize) -> usize {
        let bits = self.below(most.max(1).ilog2() as usize + 1);
        self.below((2 << bits).min(most) + 1)
    }

    pub fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        let place = self.below(all.len());
        &all[place]
    }
}

/// Bytes that mean something to one of the readers.
const TELLING: [&[u8]; 42] = [
    b"\"",
    b"\"\"",
    b",",
    b";",
    b"\t",
    b"|",
    b"^",
    b"\n",
    b"\r",
    b"\r\n",
    b"\n\r",
    b"\0",
    b"\\",
    b"\\\"",
    b"\xff",
    b"\xfe",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"\xc3",
    b"\xa9",
    b"\xe2\x80\xa8",
    b"\xf0\x9f\x92\xa9",
    b"\xed\xa0\x80",
    b"sep=;\n",
    b"Total,1\n",
    b"\x1a",
    b"'",
    b"=",
    b"{",
    b"}",
    b"[",
    b"]",
    b"<",
    b">",
    b"&#0;",
    b"\\ud800",
    b"1e999",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b\x08",
    b"\xd0\xcf\x11\xe0",
];

/// Does `times` things to bytes that happen to files, or that somebody does to them.
pub fn mutate(chance: &mut Chance, bytes: &mut Vec<u8>, times: usize) {
    for _ in 0..times {
        let at = chance.below(bytes.len() + 1);
        let length = chance.size(bytes.len() - at.min(bytes.len()));
        let end = (at + length).min(bytes.len());
        match chance.below(10) {
            0 if at < bytes.len() => bytes[at] ^= 1 << chance.below(8),
            1 if at < bytes.len() => bytes[at] = chance.next() as u8,
            2 | 3 => {
                let telling = *chance.one_of(&TELLING);
                bytes.splice(at..at, telling.iter().copied());
            }
            4 => drop(bytes.drain(at..end)),
            5 => {
                let piece = bytes[at..end].to_vec();
                let to = chance.below(bytes.len() + 1);
                bytes.splice(to..to, piece);
            }
            6 => bytes.truncate(at),
            7 => {
                let piece = bytes[at..end.min(at + 64)].to_vec();
                let many = piece.repeat(chance.size(200));
                bytes.splice(at..at, many);
            }
            8 if bytes.len() >= 4 => {
                // A number somewhere: a size, a count, an offset.
                let at = at.min(bytes.len() - 4);
                let numbers = [0_u32, 1, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, u32::MAX];
                let number = *chance.one_of(&numbers);
                bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
            }
            _ => {
                let other = chance.below(bytes.len() + 1);
                let (at, other) = (at.min(other), at.max(other));
                bytes[at..other].reverse();
            }
        }
    }
}

#[test]
fn chance_is_the_same_each_time() {
    let numbers = |seed, number| {
        let mut chance = Chance::new(seed, number);
        [chance.next(), chance.next()]
    };
    assert_eq!(numbers(1, 2), numbers(1, 2));
    assert_ne!(numbers(1, 2), numbers(1, 3));
    assert_ne!(numbers(1, 2), numbers(2, 2));
}
