//! One step of a history, and how histories are drawn.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Which token of a session's chain is presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    /// The one that the row holds.
    Current,
    /// The one before it.
    Predecessor,
    /// One that is several generations old.
    Older(u8),
    /// One that the row never held.
    Foreign,
}

/// One step of a history. Users and sessions are named by a number that is brought into the range of those that are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Op {
    /// Time goes on, or back.
    Clock(i64),
    Insert {
        admin: bool,
        active: bool,
        verified: bool,
    },
    /// With an address that is in use, in another spelling.
    InsertTaken(usize),
    FirstAdmin,
    /// `stale`: under an epoch that nobody has.
    Open {
        user: usize,
        cap: u32,
        idle: u64,
        stale: bool,
    },
    Rotate {
        session: usize,
        token: Token,
        grace: u64,
        kid: u8,
    },
    Revoke {
        session: usize,
        owner: Option<usize>,
    },
    RevokeAll {
        user: usize,
        except: Option<usize>,
    },
    Tidy {
        user: usize,
    },
    Confirm {
        session: usize,
    },
    /// `right`: what is presented is what stands.
    Password {
        user: usize,
        right: bool,
    },
    Rehash {
        user: usize,
        right: bool,
    },
    MoveEpoch {
        user: usize,
        right: bool,
    },
    SetActive {
        user: usize,
        active: bool,
        fresh: Option<bool>,
    },
    SetRole {
        user: usize,
        admin: bool,
        fresh: Option<bool>,
    },
    Delete {
        user: usize,
        fresh: Option<bool>,
    },
    Restore {
        user: usize,
    },
    Purge {
        user: usize,
    },
    Verify {
        user: usize,
        right: bool,
    },
    /// To a new address, or to another user's.
    Email {
        user: usize,
        taken: Option<usize>,
        right: bool,
    },
    Profile {
        user: usize,
        second: bool,
    },
    SignIn {
        user: usize,
    },
    PurgeUsers {
        age: u64,
        limit: u32,
    },
    PurgeSessions {
        age: u64,
        limit: u32,
    },
    PurgeEvents {
        age: u64,
        limit: u32,
    },
    Record,
}

/// Steps of the clock in microseconds: to and over every edge that the rules have, and an hour to either side.
fn clock() -> impl Strategy<Value = Op> {
    const SECOND: i64 = 1_000_000;
    const HOUR: i64 = 3_600 * SECOND;
    select(vec![
        1,
        -1,
        SECOND,
        4 * SECOND,
        -4 * SECOND,
        5 * SECOND,
        -5 * SECOND,
        6 * SECOND,
        -6 * SECOND,
        10 * SECOND,
        10 * SECOND + 1,
        11 * SECOND,
        60 * SECOND,
        HOUR,
        -HOUR,
        24 * HOUR,
        7 * 24 * HOUR,
        30 * 24 * HOUR,
    ])
    .prop_map(Op::Clock)
}

fn token() -> impl Strategy<Value = Token> {
    prop_oneof![
        5 => Just(Token::Current),
        4 => Just(Token::Predecessor),
        1 => (2..5_u8).prop_map(Token::Older),
        1 => Just(Token::Foreign),
    ]
}

fn open() -> impl Strategy<Value = Op> {
    let idle = select(vec![30_u64, 3_600, 604_800, 9_999_999]);
    (0..6_usize, 1..5_u32, idle, prop::bool::weighted(0.1)).prop_map(|(user, cap, idle, stale)| Op::Open {
        user,
        cap,
        idle,
        stale,
    })
}

fn rotate() -> impl Strategy<Value = Op> {
    let grace = select(vec![0_u64, 2, 10, 10, 10, 60]);
    (0..8_usize, token(), grace, 0..3_u8).prop_map(|(session, token, grace, kid)| Op::Rotate {
        session,
        token,
        grace,
        kid,
    })
}

/// Histories in which sessions are opened, rotated and ended while the clock does what it likes.
pub(crate) fn session_histories(longest: usize) -> impl Strategy<Value = Vec<Op>> {
    let step = prop_oneof![
        14 => rotate(),
        6 => clock(),
        4 => open(),
        1 => (0..8_usize, prop::option::of(0..3_usize)).prop_map(|(session, owner)| Op::Revoke { session, owner }),
        1 => (0..3_usize, prop::option::of(0..8_usize)).prop_map(|(user, except)| Op::RevokeAll { user, except }),
        1 => (0..3_usize, any::<bool>()).prop_map(|(user, right)| Op::MoveEpoch { user, right }),
        1 => (0..3_usize).prop_map(|user| Op::Tidy { user }),
        1 => (0..8_usize).prop_map(|session| Op::Confirm { session }),
        1 => (0..7_200_u64, 1..5_u32).prop_map(|(age, limit)| Op::PurgeSessions { age, limit }),
    ];
    vec(step, 1..longest)
}

/// Histories in which users come, change and go.
pub(crate) fn user_histories(longest: usize) -> impl Strategy<Value = Vec<Op>> {
    let user = || 0..6_usize;
    let fresh = || prop_oneof![4 => Just(None), 3 => Just(Some(true)), 1 => Just(Some(false))];
    let people = prop_oneof![
        4 => (any::<bool>(), prop::bool::weighted(0.8), any::<bool>())
            .prop_map(|(admin, active, verified)| Op::Insert { admin, active, verified }),
        1 => user().prop_map(Op::InsertTaken),
        1 => Just(Op::FirstAdmin),
        3 => (user(), any::<bool>(), fresh()).prop_map(|(user, active, fresh)| Op::SetActive { user, active, fresh }),
        3 => (user(), any::<bool>(), fresh()).prop_map(|(user, admin, fresh)| Op::SetRole { user, admin, fresh }),
        2 => (user(), fresh()).prop_map(|(user, fresh)| Op::Delete { user, fresh }),
        2 => user().prop_map(|user| Op::Restore { user }),
        1 => user().prop_map(|user| Op::Purge { user }),
    ];
    let credentials = prop_oneof![
        2 => (user(), prop::bool::weighted(0.7)).prop_map(|(user, right)| Op::Password { user, right }),
        1 => (user(), prop::bool::weighted(0.7)).prop_map(|(user, right)| Op::Rehash { user, right }),
        1 => (user(), prop::bool::weighted(0.7)).prop_map(|(user, right)| Op::MoveEpoch { user, right }),
        1 => (user(), prop::bool::weighted(0.8)).prop_map(|(user, right)| Op::Verify { user, right }),
        2 => (user(), prop::option::weighted(0.3, user()), prop::bool::weighted(0.8))
            .prop_map(|(user, taken, right)| Op::Email { user, taken, right }),
        1 => (user(), any::<bool>()).prop_map(|(user, second)| Op::Profile { user, second }),
        1 => user().prop_map(|user| Op::SignIn { user }),
    ];
    let rest = prop_oneof![
        3 => open(),
        2 => rotate(),
        2 => clock(),
        1 => (0..100_u64, 1..4_u32).prop_map(|(age, limit)| Op::PurgeUsers { age, limit }),
        1 => (0..100_u64, 1..9_u32).prop_map(|(age, limit)| Op::PurgeEvents { age, limit }),
        1 => Just(Op::Record),
    ];
    vec(prop_oneof![3 => people, 2 => credentials, 2 => rest], 1..longest)
}

/// How far back an instant lies.
pub(crate) fn ago(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
