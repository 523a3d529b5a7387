//! Headers and shapes that are not exactly ours, kinds in the wrong place, signatures of others.

use data_encoding::BASE64URL_NOPAD;

use crate::token::algorithm::Algorithm;
use crate::token::error::TokenError;
use crate::token::kind::Kind;
use crate::token::testing::{AT, ring, ring_of, segment, signed, tokens, verify};

// S-19
#[test]
fn a_header_in_any_other_spelling_is_refused_even_with_the_right_signature() {
    let ring = ring(Algorithm::HS256);
    let kid = ring.signing_kid();
    for (kind, token) in tokens(&ring) {
        let (typ, claims) = (kind.typ(), segment(&token, 1));
        let ours = format!(r#"{{"alg":"HS256","typ":"{typ}","kid":"{kid}"}}"#);
        assert_eq!(segment(&token, 0), ours);
        assert_eq!(verify(&ring, kind, &signed(&ring, kind, &ours, claims.as_bytes()), AT), Ok(()));

        let mut others: Vec<String> = ["none", "nOnE", "", "hs256", "HS384", "HS512", "RS256", "ES256", "EdDSA"]
            .iter()
            .map(|alg| ours.replace("HS256", alg))
            .collect();
        others.extend(
            [
                r#""crit":["exp"]"#,
                r#""jku":"https://evil.example""#,
                r#""jwk":{"kty":"oct","k":"AA"}"#,
                r#""x5u":"https://evil.example""#,
                r#""x5c":["AA"]"#,
                r#""zip":"DEF""#,
                r#""b64":false"#,
                r#""cty":"JWT""#,
                r#""alg":"HS256""#,
                r#""alg":"none""#,
            ]
            .iter()
            .flat_map(|more| [ours.replace('}', &format!(",{more}}}")), ours.replace('{', &format!("{{{more},"))]),
        );
        others.extend([
            String::new(),
            "{}".to_owned(),
            "null".to_owned(),
            format!("[{ours}]"),
            format!(" {ours}"),
            format!("{ours}\n"),
            ours.replace(':', ": "),
            ours.replace(r#""alg":"HS256","#, ""),
            ours.replace(r#""alg":"HS256""#, r#""alg":null"#),
            ours.replace(&format!(r#","kid":"{kid}""#), ""),
            ours.replace(kid.as_str(), "../../etc/passwd"),
            ours.replace(kid.as_str(), "x' OR '1'='1"),
            ours.replace(kid.as_str(), &"k".repeat(65)),
            ours.replace(kid.as_str(), &kid.as_str().to_lowercase()),
            ours.replace(&format!(r#""typ":"{typ}","#), ""),
            ours.replace(typ, &typ.to_uppercase()),
            ours.replace(typ, &format!("application/{typ}")),
            ours.replace(typ, "JWT"),
            format!(r#"{{"typ":"{typ}","alg":"HS256","kid":"{kid}"}}"#),
        ]);
        for header in others {
            let token = signed(&ring, kind, &header, claims.as_bytes());
            assert_eq!(verify(&ring, kind, &token, AT), Err(TokenError::UnknownKey), "{header}");
        }
    }
}

// S-19
#[test]
fn a_secret_signs_with_one_algorithm_only() {
    let rings = Algorithm::ALL.map(ring);
    for own in &rings {
        for (kind, token) in tokens(own) {
            for other in rings.iter().filter(|other| other.signing_kid() != own.signing_kid()) {
                assert_eq!(verify(other, kind, &token, AT), Err(TokenError::UnknownKey));
                // Under the other ring's header the signature does not fit either.
                let header = segment(&tokens(other).into_iter().find(|(of, _)| *of == kind).unwrap().1, 0);
                let moved =
                    token.replacen(token.split('.').next().unwrap(), &BASE64URL_NOPAD.encode(header.as_bytes()), 1);
                let refused = verify(other, kind, &moved, AT).unwrap_err();
                assert!(matches!(refused, TokenError::BadSignature | TokenError::Malformed), "{refused:?}");
            }
        }
    }
}

// S-20
#[test]
fn a_token_of_one_kind_is_none_of_another() {
    for algorithm in Algorithm::ALL {
        let ring = ring(algorithm);
        let mut refused = 0;
        for (made, token) in tokens(&ring) {
            for due in Kind::ALL {
                let outcome = verify(&ring, due, &token, AT);
                if due == made {
                    assert_eq!(outcome, Ok(()));
                    continue;
                }
                assert_eq!(outcome, Err(TokenError::UnknownKey), "{made:?} for {due:?}");
                refused += 1;
                // Nor with the other kind's header, since each kind has a key of its own.
                let header = &ring.signing().of(due).header;
                let renamed = format!("{header}.{}", token.split_once('.').unwrap().1);
                assert_eq!(verify(&ring, due, &renamed, AT), Err(TokenError::BadSignature), "{made:?} for {due:?}");
                // Nor signed with the other kind's key, since the claims differ.
                let claims = segment(&token, 1);
                let made_over = signed(&ring, due, &segment(&renamed, 0), claims.as_bytes());
                assert_eq!(verify(&ring, due, &made_over, AT), Err(TokenError::Malformed), "{made:?} for {due:?}");
            }
        }
        assert_eq!(refused, 12);
    }
}

// S-23
#[test]
fn a_token_has_three_parts_of_strict_base64url() {
    for algorithm in Algorithm::ALL {
        let ring = ring(algorithm);
        for (kind, token) in tokens(&ring) {
            let parts: Vec<_> = token.split('.').collect();
            let [header, claims, signature] = parts[..] else { panic!("three parts") };
            let mut forms = vec![
                String::new(),
                ".".to_owned(),
                "..".to_owned(),
                "...".to_owned(),
                header.to_owned(),
                format!("{header}.{claims}"),
                format!("{header}.{claims}."),
                format!("{header}..{signature}"),
                format!(".{claims}.{signature}"),
                format!("{token}."),
                format!(".{token}"),
                format!("{token}.{signature}"),
                format!("{header}.{claims}.{claims}.{signature}"),
                format!("{token}="),
                format!("{token}=="),
                format!("{header}=.{claims}.{signature}"),
                format!("{header}.{claims}=.{signature}"),
                format!("Bearer {token}"),
                format!(r#"{{"protected":"{header}","payload":"{claims}","signature":"{signature}"}}"#),
            ];
            for blank in [" ", "\t", "\n", "\r\n", "\0", "\u{feff}", "%"] {
                forms.extend([
                    format!("{blank}{token}"),
                    format!("{token}{blank}"),
                    token.replace('.', &format!(".{blank}")),
                ]);
            }
            for form in forms {
                assert!(verify(&ring, kind, &form, AT).is_err(), "{form}");
                assert!(ring.verify_for_logout(&form).is_err(), "{form}");
            }
        }
    }
}

// S-23
#[test]
fn a_signature_has_one_spelling() {
    for algorithm in Algorithm::ALL {
        let ring = ring(algorithm);
        for (kind, token) in tokens(&ring) {
            let (start, last) = token.split_at(token.len() - 1);
            for other in ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['-', '_', '+', '/', '=', ' ']) {
                let form = format!("{start}{other}");
                assert_eq!(verify(&ring, kind, &form, AT).is_ok(), last == other.to_string(), "{form}");
            }
        }
    }
}

// S-23
#[test]
fn a_token_of_more_than_4096_bytes_is_not_looked_at() {
    let ring = ring(Algorithm::HS256);
    let (kind, token) = &tokens(&ring)[0];
    let (header, mut claims) = (segment(token, 0), segment(token, 1));
    // White space inside the claims is signed and harmless: it makes a good token of any size.
    let size = |claims: &str| signed(&ring, *kind, &header, claims.as_bytes()).len();
    claims.insert_str(1, &" ".repeat((4096 - size(&claims)) * 3 / 4));
    while size(&claims) < 4096 {
        claims.insert(1, ' ');
    }
    assert_eq!(size(&claims), 4096);
    assert_eq!(verify(&ring, *kind, &signed(&ring, *kind, &header, claims.as_bytes()), AT), Ok(()));
    claims.insert(1, ' ');
    assert!(size(&claims) > 4096);
    let long = signed(&ring, *kind, &header, claims.as_bytes());
    assert_eq!(verify(&ring, *kind, &long, AT), Err(TokenError::Malformed));
    assert_eq!(verify(&ring, *kind, &"a.".repeat(1 << 20), AT), Err(TokenError::Malformed));
}

// S-24
#[test]
fn no_short_or_foreign_key_makes_a_token_of_ours() {
    use crate::token::sign::Signer;
    let ring = ring(Algorithm::HS256);
    for (kind, token) in tokens(&ring) {
        let signed = token.rsplit_once('.').unwrap().0;
        for key in [&b""[..], &[0; 32], b"secret", crate::token::testing::secret(1).expose().as_bytes()] {
            let mut forged = signed.to_owned();
            Signer::new(Algorithm::HS256, key).unwrap().sign(&mut forged).unwrap();
            assert_eq!(verify(&ring, kind, &forged, AT), Err(TokenError::BadSignature));
        }
        let others = ring_of(&[(2, Algorithm::HS256)]);
        let mut forged = signed.to_owned();
        others.signing().of(kind).signer.sign(&mut forged).unwrap();
        assert_eq!(verify(&ring, kind, &forged, AT), Err(TokenError::BadSignature));
    }
}
