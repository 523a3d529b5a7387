//! Good tokens with anything changed are good for nothing, and nothing makes the reader panic.

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::token::algorithm::Algorithm;
use crate::token::keys::KeyRing;
use crate::token::kind::Kind;
use crate::token::testing::{AT, ring_of, tokens, verify};

/// Three keys, all kinds of tokens of each.
static RING: LazyLock<(KeyRing, Vec<String>)> = LazyLock::new(|| {
    let keys = [(1, Algorithm::HS256), (2, Algorithm::HS512), (3, Algorithm::EdDSA)];
    let turned = [[keys[0], keys[1], keys[2]], [keys[1], keys[2], keys[0]], [keys[2], keys[0], keys[1]]];
    let good = turned.iter().flat_map(|keys| tokens(&ring_of(keys))).map(|(_, token)| token).collect();
    (ring_of(&keys), good)
});

#[derive(Debug, Clone)]
enum Mutation {
    Flip {
        at: usize,
        bit: u8,
    },
    Set {
        at: usize,
        to: char,
    },
    Insert {
        at: usize,
        text: String,
    },
    Cut {
        from: usize,
        to: usize,
    },
    /// A part of another token in the place of this one's.
    Splice {
        part: usize,
        of: usize,
    },
    /// The head of this token, the tail of another.
    Graft {
        at: usize,
        of: usize,
    },
    Twice,
}

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        4 => (any::<usize>(), 0..8_u8).prop_map(|(at, bit)| Mutation::Flip { at, bit }),
        3 => (any::<usize>(), any::<char>()).prop_map(|(at, to)| Mutation::Set { at, to }),
        2 => (any::<usize>(), "[A-Za-z0-9_.=+/ -]{1,8}").prop_map(|(at, text)| Mutation::Insert { at, text }),
        2 => (any::<usize>(), any::<usize>()).prop_map(|(from, to)| Mutation::Cut { from, to }),
        3 => (0..3_usize, any::<usize>()).prop_map(|(part, of)| Mutation::Splice { part, of }),
        2 => (any::<usize>(), any::<usize>()).prop_map(|(at, of)| Mutation::Graft { at, of }),
        1 => Just(Mutation::Twice),
    ]
}

fn apply(token: &str, mutation: &Mutation, good: &[String]) -> String {
    let place = |at: usize| at % (token.len() + 1);
    match mutation {
        Mutation::Flip { at, bit } => {
            let mut bytes = token.as_bytes().to_vec();
            let at = at % bytes.len().max(1);
            bytes.get_mut(at).into_iter().for_each(|byte| *byte ^= 1 << bit);
            String::from_utf8_lossy(&bytes).into_owned()
        }
        Mutation::Set { at, to } => {
            let at = at % token.chars().count().max(1);
            token.chars().enumerate().map(|(place, c)| if place == at { *to } else { c }).collect()
        }
        Mutation::Insert { at, text } => {
            let (head, tail) = halves(token, place(*at));
            format!("{head}{text}{tail}")
        }
        Mutation::Cut { from, to } => {
            let (from, to) = (place(*from).min(place(*to)), place(*from).max(place(*to)));
            format!("{}{}", halves(token, from).0, halves(token, to).1)
        }
        Mutation::Splice { part, of } => {
            let other = good[of % good.len()].split('.').nth(*part).unwrap();
            token
                .split('.')
                .enumerate()
                .map(|(place, own)| if place == *part { other } else { own })
                .collect::<Vec<_>>()
                .join(".")
        }
        Mutation::Graft { at, of } => {
            let other = &good[of % good.len()];
            format!("{}{}", halves(token, place(*at)).0, halves(other, at % (other.len() + 1)).1)
        }
        Mutation::Twice => format!("{token}{token}"),
    }
}

fn halves(text: &str, at: usize) -> (&str, &str) {
    text.split_at(text.floor_char_boundary(at))
}

fn taken(ring: &KeyRing, token: &str) -> bool {
    Kind::ALL.into_iter().any(|kind| verify(ring, kind, token, AT).is_ok()) || ring.verify_for_logout(token).is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 10_000, failure_persistence: None, rng_seed: RngSeed::Fixed(0x00a0_7417), ..ProptestConfig::default()
    })]

    // S-19, S-20, S-23
    #[test]
    fn a_token_with_anything_changed_is_refused(
        of in any::<usize>(), mutations in proptest::collection::vec(mutation(), 1..4),
    ) {
        let (ring, good) = &*RING;
        let token = &good[of % good.len()];
        prop_assert!(taken(ring, token));
        let changed = mutations.iter().fold(token.clone(), |token, mutation| apply(&token, mutation, good));
        prop_assert!(good.contains(&changed) || !taken(ring, &changed), "{changed}");
    }

    // S-23
    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>(), parts in "[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,90}") {
        prop_assert!(!taken(&RING.0, &text));
        prop_assert!(!taken(&RING.0, &parts));
    }
}
