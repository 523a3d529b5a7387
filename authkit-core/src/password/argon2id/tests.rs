//! Known answers, the bounds of what is run, and what counts as outdated.

use proptest::prelude::*;

use super::*;

const WORDS: &str = "correct horse battery staple";
const SALT: &[u8; 16] = b"0123456789abcdef";
// Made by argon2-cffi 25.1.0 for Python of `WORDS` and `SALT`.
const DEFAULT: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$gy5SuVm5Z7Vw7keB9se9p87QGcomaseB/S2U1OhTsM0";
const RFC_SECOND_CHOICE: &str =
    "$argon2id$v=19$m=65536,t=3,p=4$MDEyMzQ1Njc4OWFiY2RlZg$77UfmnZYT23WpPeUKhovauWm5OxRQv9nTf1dJ+tF5EY";
const YES: Result<Verified, HashError> = Ok(Verified::Yes { outdated: false });
const OUTDATED: Result<Verified, HashError> = Ok(Verified::Yes { outdated: true });

fn hash(hasher: Argon2id, password: &str) -> String {
    let hash = hasher.hash(&mut HashMemory::new(), &Password::from(password), SALT);
    hash.unwrap().expose().to_owned()
}

fn verify(hasher: Argon2id, password: &str, stored: &str) -> Result<Verified, HashError> {
    hasher.verify(&mut HashMemory::new(), &Password::from(password), &PasswordHash::from(stored))
}

// S-5
#[test]
fn a_hash_is_the_phc_string_that_another_implementation_makes() {
    assert_eq!(hash(Argon2id::default(), WORDS), DEFAULT);
    let other = Argon2id::new(7_168, 5, 1).unwrap();
    assert_eq!(
        hash(other, "pässwörd ☃\0 end"),
        "$argon2id$v=19$m=7168,t=5,p=1$MDEyMzQ1Njc4OWFiY2RlZg$6HVcRrXsAp148v0trK+0MjIPF08rb/IZMcVbU2I+gkQ"
    );
}

// S-5
#[test]
fn two_salts_make_two_hashes_of_one_password() {
    let hasher = Argon2id::weak(64, 1, 1);
    let memory = &mut HashMemory::new();
    let password = Password::from(WORDS);
    let [one, two] = [[1; 16], [2; 16]].map(|salt| hasher.hash(memory, &password, &salt).unwrap());
    assert_ne!(one, two);
    for stored in [one, two] {
        assert_eq!(hasher.verify(memory, &password, &stored), YES);
    }
}

// S-5
#[test]
fn parameters_below_owasps_list_are_refused_by_name() {
    for (memory, passes, lanes) in [(19_456, 2, 1), (47_104, 1, 1), (12_288, 3, 1), (9_216, 4, 1), (7_168, 5, 1)] {
        assert!(Argon2id::new(memory, passes, lanes).is_ok());
        assert!(Argon2id::new(memory - 1, passes, lanes).is_err());
        assert!(Argon2id::new(memory, passes - 1, lanes).is_err());
        assert!(Argon2id::new(memory, passes, lanes - 1).is_err());
    }
    assert!(Argon2id::new(65_536, 3, 4).is_ok());
    assert!(Argon2id::new(7_167, 64, 1).is_err());
    let refused = Argon2id::new(4_096, 2, 1).unwrap_err().to_string();
    assert_eq!(
        refused,
        "Argon2id with m=4096,t=2,p=1 is refused: it needs at least m=19456,t=2,p=1 or m=47104,t=1,p=1 or \
         m=12288,t=3,p=1 or m=9216,t=4,p=1 or m=7168,t=5,p=1 (m in KiB)"
    );
}

#[test]
fn parameters_that_would_not_be_verified_again_are_refused() {
    for (memory, passes, lanes) in [(262_145, 1, 1), (262_144, 5, 1), (19_456, 65, 1), (19_456, 2, 17), (19_456, 2, 0)]
    {
        assert!(Argon2id::new(memory, passes, lanes).is_err(), "{memory},{passes},{lanes}");
    }
    assert!(Argon2id::new(262_144, 4, 16).is_ok());
    assert_eq!(
        Argon2id::new(262_144, 5, 1).unwrap_err().to_string(),
        "Argon2id with m=262144,t=5,p=1 is refused: it needs 1 lane or more of 8 KiB each, and at most \
         m=262144,t=64,p=16 with m*t up to 1048576 (m in KiB)"
    );
}

// S-3
#[test]
fn every_byte_of_the_password_counts() {
    let hasher = Argon2id::weak(64, 1, 1);
    let password = format!(" {} end ", "x".repeat(80));
    let stored = hash(hasher, &password);
    assert_eq!(verify(hasher, &password, &stored), YES);
    let others = [
        password.trim_start().to_owned(),
        password.trim_end().to_owned(),
        password.to_uppercase(),
        password.replace("end", "emd"),
        password.replacen('x', "X", 1),
        format!("{password}\0"),
        // The same letter for a reader, in composed and decomposed form.
        password.replacen('x', "\u{e9}", 1),
    ];
    for other in others {
        assert_eq!(verify(hasher, &other, &stored), Ok(Verified::No), "{other:?}");
    }
    let composed = hash(hasher, "caf\u{e9} caf\u{e9} caf\u{e9}");
    assert_eq!(verify(hasher, "cafe\u{301} cafe\u{301} cafe\u{301}", &composed), Ok(Verified::No));
}

// S-6
#[test]
fn other_parameters_are_verified_and_outdated() {
    let hasher = Argon2id::default();
    assert_eq!(verify(hasher, WORDS, DEFAULT), YES);
    assert_eq!(verify(hasher, "another", DEFAULT), Ok(Verified::No));
    assert_eq!(verify(hasher, WORDS, RFC_SECOND_CHOICE), OUTDATED);
    assert_eq!(verify(Argon2id::new(65_536, 3, 4).unwrap(), WORDS, RFC_SECOND_CHOICE), YES);
    assert_eq!(verify(Argon2id::new(47_104, 1, 1).unwrap(), WORDS, DEFAULT), OUTDATED);
    for stored in [
        "$argon2id$v=16$m=64,t=1,p=1$c2FsdHNhbHQ$njRrVO/Oxcma7A9ag9D5uA",
        "$argon2i$v=19$m=256,t=3,p=2$c2FsdHNhbHQ$5xCxRc93z/oxb/RvKiaS/CwhosIFj0EB",
        "$argon2d$v=19$m=256,t=3,p=2$c2FsdHNhbHQ$l6vnAWkJOnsVSwRiFDPHgNBYCNdMip1c",
        "$2b$05$abcdefghijklmnopqrstuuFiPhXf1sVd3pCCRO.uVh34H/qI/ZsuS",
    ] {
        assert_eq!(verify(hasher, WORDS, stored), OUTDATED, "{stored}");
        assert_eq!(verify(hasher, "another", stored), Ok(Verified::No), "{stored}");
    }
}

// S-8
#[test]
fn hostile_parameters_are_refused_unrun() {
    let with = |parameters: &str| DEFAULT.replace("m=19456,t=2,p=1", parameters);
    for parameters in [
        "m=4194304,t=1,p=1",
        "m=4294967295,t=4294967295,p=1",
        "m=8,t=1000000,p=1",
        "m=19456,t=2,p=255",
        "m=262145,t=1,p=1",
        "m=262144,t=5,p=1",
        "m=19456,t=65,p=1",
    ] {
        assert_eq!(verify(Argon2id::default(), WORDS, &with(parameters)), Err(HashError::OutOfBounds), "{parameters}");
    }
    // Made by argon2-cffi, and right but for its size.
    let large = "$argon2id$v=19$m=300000,t=1,p=1$c2FsdHNhbHQ$HtVif/OsrReEmwRkgLM1Trq8FyoU35XkTTOlTRXWT1Q";
    assert_eq!(verify(Argon2id::default(), WORDS, large), Err(HashError::OutOfBounds));
}

// S-8
#[test]
fn a_stored_hash_of_another_form_is_refused() {
    let replaced = |from: &str, to: &str| {
        assert!(DEFAULT.contains(from));
        DEFAULT.replace(from, to)
    };
    let malformed = [
        replaced("m=19456,t=2,p=1", "m=0,t=2,p=1"),
        replaced("m=19456,t=2,p=1", "m=19456,t=0,p=1"),
        replaced("m=19456,t=2,p=1", "m=19456,t=2,p=0"),
        replaced("m=19456,t=2,p=1", "m=64,t=2,p=9"),
        replaced("m=19456,t=2,p=1", "m=19456,t=2"),
        replaced("m=19456,t=2,p=1", "m=19456,m=8,t=2,p=1"),
        replaced("m=19456,t=2,p=1", "m=19456,t=2,p=1,keyid=AAAA"),
        replaced("m=19456,t=2,p=1", "m=19456,t=2,p=1,data=AAAA"),
        replaced("m=19456,t=2,p=1", "m=-1,t=2,p=1"),
        replaced("m=19456,t=2,p=1", "m=99999999999999999999,t=2,p=1"),
        replaced("$gy5SuVm5Z7Vw7keB9se9p87QGcomaseB/S2U1OhTsM0", ""),
        replaced("$gy5SuVm5Z7Vw7keB9se9p87QGcomaseB/S2U1OhTsM0", "$gy5SuVm5Z7Vw7keB"),
        replaced("gy5S", "gy5=S"),
        replaced("$MDEyMzQ1Njc4OWFiY2RlZg", "$MDEy"),
        format!("{DEFAULT}$more"),
        format!("{DEFAULT} "),
        "$argon2id".to_owned(),
        "$argon2id$v=19$\0".to_owned(),
    ];
    for stored in malformed {
        assert_eq!(verify(Argon2id::default(), WORDS, &stored), Err(HashError::Malformed), "{stored}");
    }
    for stored in
        [replaced("argon2id", "argon2"), replaced("argon2id", "argon2ie"), replaced("v=19", "v=20"), "!".into()]
    {
        assert_eq!(verify(Argon2id::default(), WORDS, &stored), Err(HashError::Unsupported), "{stored}");
    }
}

// S-87
#[test]
fn one_buffer_serves_every_hash_and_is_never_larger_than_configured() {
    let hasher = Argon2id::weak(128, 1, 1);
    let memory = &mut HashMemory::new();
    let password = Password::from(WORDS);
    let stored = hasher.hash(memory, &password, SALT).unwrap();
    assert_eq!(memory.kib(), 128);
    let larger = PasswordHash::from("$argon2i$v=19$m=256,t=3,p=2$c2FsdHNhbHQ$5xCxRc93z/oxb/RvKiaS/CwhosIFj0EB");
    let smaller = PasswordHash::from("$argon2id$v=16$m=64,t=1,p=1$c2FsdHNhbHQ$njRrVO/Oxcma7A9ag9D5uA");
    for _ in 0..3 {
        assert_eq!(hasher.verify(memory, &password, &larger), OUTDATED);
        assert_eq!(hasher.verify(memory, &password, &smaller), OUTDATED);
        assert_eq!(hasher.verify(memory, &password, &stored), YES);
        assert_eq!(memory.kib(), 128);
    }
}

#[test]
fn neither_errors_nor_debug_show_a_hash() {
    let stored = format!("{DEFAULT}$more");
    let error = verify(Argon2id::default(), WORDS, &stored).unwrap_err();
    for text in [error.to_string(), format!("{error:?}"), format!("{:?}", Argon2id::default())] {
        assert!(!text.contains("gy5S") && !text.contains("MDEy"), "{text}");
    }
}

proptest! {
    // S-8, S-97
    #[test]
    fn no_stored_text_makes_it_panic(text in "\\PC{0,120}") {
        let _ = verify(Argon2id::weak(64, 1, 1), WORDS, &text);
    }

    // S-8, S-97
    #[test]
    fn no_mutation_of_a_stored_hash_makes_it_panic_or_opens_it(
        base in 0..3_usize, at in 0..60_usize, cut in 0..4_usize, put in "[$=,0-9a-zA-Z+/\u{0}\u{e9}]{0,3}",
    ) {
        let base = [
            "$argon2id$v=16$m=64,t=1,p=1$c2FsdHNhbHQ$njRrVO/Oxcma7A9ag9D5uA",
            "$argon2i$v=19$m=256,t=3,p=2$c2FsdHNhbHQ$5xCxRc93z/oxb/RvKiaS/CwhosIFj0EB",
            "$2b$04$abcdefghijklmnopqrstuuCi15uRb1eH7NAlJ/TgeJertyknQpYn2",
        ][base];
        let at = at.min(base.len());
        let mutant = format!("{}{put}{}", &base[..at], &base[(at + cut).min(base.len())..]);
        if !costly(&mutant) {
            let answer = verify(Argon2id::weak(64, 1, 1), "not the password", &mutant);
            prop_assert!(!matches!(answer, Ok(Verified::Yes { .. })), "{mutant}");
        }
    }
}

/// Within the bounds and yet too slow to be run hundreds of times.
fn costly(stored: &str) -> bool {
    let parsed = Stored::parse(stored).map(|stored| u64::from(stored.cost.memory_kib) * u64::from(stored.cost.passes));
    let bcrypt_above_6 =
        ["07", "08", "09", "1"].iter().any(|cost| stored.get(4..).is_some_and(|rest| rest.starts_with(cost)));
    parsed.is_ok_and(|work| work > 16_384) || (stored.starts_with("$2") && bcrypt_above_6)
}
