//! Chance that can be repeated (SplitMix64).

use authkit_core::Timestamp;
use uuid::{Builder, Uuid};

/// A row of numbers that looks random and is always the same for the same beginning.
pub struct Dice(u64);

impl Dice {
    /// The numbers of the n-th thing of a kind: each thing is made without those before it.
    pub fn of(seed: u64, kind: u64, n: u64) -> Self {
        let mut dice = Self(seed ^ kind.wrapping_mul(0xd6e8_feb8_6659_fd93));
        let mixed = dice.next();
        Self(mixed ^ n.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let n = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        n ^ (n >> 31)
    }

    /// From 0 up to but not including 1.
    pub fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number below a limit.
    pub fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(limit)) >> 64) as u64
    }

    /// Whether something happens that happens once in so many times.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    pub fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[self.below(among.len() as u64) as usize]
    }

    /// One of several, each as often as its weight says.
    pub fn weighed<'a, T>(&mut self, among: &'a [(u64, T)]) -> &'a T {
        let mut left = self.below(among.iter().map(|(weight, _)| weight).sum());
        for (weight, thing) in among {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return thing,
            }
        }
        unreachable!("a number below the sum of the weights")
    }

    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        for chunk in bytes.chunks_mut(8) {
            let word = self.next().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        bytes
    }

    /// A UUIDv7 as the core makes it at an instant.
    pub fn id(&mut self, at: Timestamp) -> Uuid {
        Builder::from_unix_timestamp_millis(at.as_micros().unsigned_abs() / 1_000, &self.bytes()).into_uuid()
    }

    /// An instant from one up to another.
    pub fn between(&mut self, from: Timestamp, to: Timestamp) -> Timestamp {
        let span = to.since(from).as_micros() as u64;
        Timestamp::from_micros(from.as_micros() + self.below(span.max(1)) as i64)
    }
}
