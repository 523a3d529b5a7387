//! Ids and digests for what goes through a port without the core: in the order of time, as the core makes them.

use std::sync::atomic::{AtomicU64, Ordering};

use authkit_core::{Digest, Timestamp};
use uuid::{Builder, Uuid};

static SERIAL: AtomicU64 = AtomicU64::new(0);

/// A new UUIDv7.
pub fn uuid(at: Timestamp) -> Uuid {
    let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
    let mut random = [0; 10];
    random[2..].copy_from_slice(&scattered(serial).to_be_bytes());
    Builder::from_unix_timestamp_millis(at.as_micros().unsigned_abs() / 1_000, &random).into_uuid()
}

/// The digest of a client's token of a generation.
pub fn digest(client: u64, generation: u64) -> Digest {
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&client.to_be_bytes());
    bytes[8..16].copy_from_slice(&scattered(generation).to_be_bytes());
    Digest::from_bytes(bytes)
}

/// A number for each number, in no order that can be seen (`SplitMix64`).
pub fn scattered(n: u64) -> u64 {
    let n = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}
