//! Argon2id in a loop, on as many threads as there are cores, each with memory that it keeps.

use std::time::Instant;

use argon2::{Algorithm, Argon2, Block, Params, Version};

use crate::failure::Failure;
use crate::load::{Cpu, Rate, Window, cores};

/// How many hashes a second.
pub fn rate(window: Window) -> Result<Rate, Failure> {
    let start = Instant::now() + window.warm_up;
    let cpu = Cpu::between(start, start + window.measured);
    let threads: Vec<_> = (0..cores()).map(|_| std::thread::spawn(move || hashes(start, window))).collect();
    let mut rate = 0.0;
    for thread in threads {
        rate += thread.join().map_err(|_| Failure::new("a hashing thread panicked"))??;
    }
    Rate::new(rate * window.measured.as_secs_f64(), window, cpu)
}

fn hashes(start: Instant, window: Window) -> Result<f64, Failure> {
    let params = Params::new(19_456, 2, 1, Some(32))?;
    let mut memory = vec![Block::default(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut tag = [0; 32];
    let (mut first, mut count) = (None, 0_u32);
    loop {
        argon2.hash_password_into_with_memory(b"a lantern over the quay", &[7; 16], &mut tag, &mut memory)?;
        std::hint::black_box(&tag);
        let at = Instant::now();
        let Some(first) = first else {
            // Whole hashes alone are counted, from the end of one to the end of another.
            first = (at >= start).then_some(at);
            continue;
        };
        count += 1;
        if at >= start + window.measured {
            return Ok(f64::from(count) / (at - first).as_secs_f64());
        }
    }
}
