//! What a hash takes, with the parameters that the server uses: those of the newest hash that is stored, since they are
//! set in its code.

use std::time::Duration;

use authkit_core::password::argon2id::Argon2id;
use authkit_core::{HashError, HashMemory, Password, PasswordHasher as _};

use super::report::Report;

/// A quicker hash is one that whoever takes the table along guesses cheaply.
const QUICK: Duration = Duration::from_millis(50);
/// A slower one makes a sign-in slow, and a few of them a whole server.
const SLOW: Duration = Duration::from_millis(500);
/// What is proposed instead.
const GOOD: Duration = Duration::from_millis(100);
pub(super) fn check(newest: Option<Argon2id>, report: &mut Report) {
    let Some(hasher) = newest else {
        report.pass("hashing", "no hash of ours is stored yet");
        return;
    };
    match measure(hasher) {
        Ok(took) => judge(hasher, took, report),
        Err(error) => report.fail("hashing", error.to_string(), "give the process more memory"),
    }
}

fn judge(hasher: Argon2id, took: Duration, report: &mut Report) {
    let why = format!("a hash as the newest, {hasher}, takes {} ms of this machine", took.as_millis());
    if took < QUICK {
        let fix = fix(hasher, took, "use higher Argon2 parameters in code");
        report.warn("hashing", format!("{why}: guessing is cheap"), fix);
    } else if took > SLOW {
        let fix = fix(hasher, took, "use a faster machine, or lower Argon2 parameters in code");
        report.warn("hashing", format!("{why}: each sign-in waits for it"), fix);
    } else {
        report.pass("hashing", why);
    }
}

fn measure(hasher: Argon2id) -> Result<Duration, HashError> {
    let mut memory = HashMemory::new();
    let mut once = || {
        let begun = processor_time();
        let made = hasher.hash(&mut memory, &Password::new("how long does it take"), &[7; 16]);
        made.map(|_| processor_time().saturating_sub(begun))
    };
    // The first one asks the system for its memory.
    once().and_then(|_| once())
}

/// How long this thread has had a processor: what else runs on the machine takes nothing away and adds nothing.
#[cfg(unix)]
fn processor_time() -> Duration {
    use rustix::time::{ClockId, clock_gettime};

    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

#[cfg(not(unix))]
fn processor_time() -> Duration {
    use std::sync::LazyLock;
    use std::time::Instant;

    static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
    BEGIN.elapsed()
}

/// The same memory with as many passes as take the time that is wanted, if such parameters are taken.
fn fix(hasher: Argon2id, took: Duration, otherwise: &str) -> String {
    let (memory, passes, lanes) = hasher.parameters();
    let wanted = u128::from(passes) * GOOD.as_micros() / took.as_micros().max(1);
    let wanted = u32::try_from(wanted).unwrap_or(u32::MAX).max(1);
    match Argon2id::new(memory, wanted, lanes) {
        Ok(_) => format!("in code: `Config::argon2({memory}, {wanted}, {lanes})`, about {} ms here", GOOD.as_millis()),
        Err(_) => otherwise.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::report::Level;
    use super::*;

    /// The level, the reason and the mend for a hash that took so many milliseconds.
    fn judged(parameters: (u32, u32, u32), took: u64) -> (Level, String, String) {
        let (memory, passes, lanes) = parameters;
        let mut report = Report::default();
        let hasher = Argon2id::new(memory, passes, lanes).expect("strong enough");
        judge(hasher, Duration::from_millis(took), &mut report);
        let check = report.0.remove(0);
        (check.level, check.why, check.fix.unwrap_or_default())
    }

    #[test]
    fn from_50_to_500_milliseconds_are_good() {
        for (took, level) in [(49, Level::Warn), (50, Level::Pass), (500, Level::Pass), (501, Level::Warn)] {
            assert_eq!(judged((19_456, 2, 1), took).0, level, "{took}");
        }
    }

    #[test]
    fn what_is_proposed_takes_as_long_as_is_wanted() {
        let (_, why, fix) = judged((19_456, 2, 1), 25);
        assert!(why.contains("m=19456,t=2,p=1, takes 25 ms of") && why.ends_with("guessing is cheap"), "{why}");
        assert_eq!(fix, "in code: `Config::argon2(19456, 8, 1)`, about 100 ms here");
        let (_, why, fix) = judged((65_536, 12, 4), 600);
        assert!(why.ends_with("each sign-in waits for it"), "{why}");
        assert_eq!(fix, "in code: `Config::argon2(65536, 2, 4)`, about 100 ms here");
    }

    #[test]
    fn what_a_start_would_refuse_is_not_proposed() {
        let floor = judged((19_456, 2, 1), 900).2;
        assert!(floor.contains("faster machine") && !floor.contains("Config::argon2"), "{floor}");
        let ceiling = judged((19_456, 2, 1), 1).2;
        assert!(ceiling.contains("higher") && !ceiling.contains("Config::argon2"), "{ceiling}");
    }
}
