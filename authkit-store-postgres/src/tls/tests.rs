//! Certificates that can and cannot be trusted in. Handshakes are tested against a real server.

use std::fs;

use super::*;

/// An authority's, valid for a hundred years. Its key was thrown away.
const AUTHORITY: &str = include_str!("../../tests/postgres/another_authority.pem");

fn refused(mode: TlsMode, roots: &Roots) -> String {
    connector(mode, roots).err().unwrap_or_else(|| panic!("{roots:?} were taken")).to_string()
}

#[test]
fn certificates_in_pem_form_are_taken_in_any_number() {
    let bundle = format!("an authority:\n{AUTHORITY}\nand another one:\r\n{AUTHORITY}");
    for mode in [TlsMode::VerifyCa, TlsMode::VerifyFull] {
        for pem in [AUTHORITY, &bundle] {
            assert!(connector(mode, &Roots::Pem(pem.as_bytes().to_vec())).is_ok(), "{mode:?}");
        }
    }
    assert_eq!(own_roots(&Roots::Pem(bundle.into_bytes())).unwrap().len(), 2);
}

#[test]
fn a_file_of_certificates_is_read() {
    let path = std::env::temp_dir().join(format!("authkit-roots-{}.pem", std::process::id()));
    fs::write(&path, AUTHORITY).unwrap();
    let read = connector(TlsMode::VerifyFull, &Roots::File(path.clone()));
    fs::remove_file(&path).unwrap();
    assert!(read.is_ok());
    let said = refused(TlsMode::VerifyFull, &Roots::File(path.clone()));
    assert!(said.contains(&path.display().to_string()) && said.contains("cannot be read"), "{said}");
}

#[test]
fn what_holds_no_usable_certificate_is_refused_by_name() {
    let half = AUTHORITY.split("-----END").next().unwrap();
    let cases: [(&str, &str); 6] = [
        ("", "holds no certificate"),
        ("garbage", "holds no certificate"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "holds no certificate"),
        ("-----BEGIN CERTIFICATE-----\n????\n-----END CERTIFICATE-----\n", "cannot be used"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "cannot be used"),
        (half, "cannot be used"),
    ];
    for mode in [TlsMode::VerifyCa, TlsMode::VerifyFull] {
        for (pem, why) in cases {
            let said = refused(mode, &Roots::Pem(pem.as_bytes().to_vec()));
            assert!(said.contains(why) && said.contains("root_certificates"), "{pem:?}: {said}");
        }
    }
}

#[test]
fn a_chain_without_a_name_proves_nothing_where_everybody_may_have_one() {
    let said = refused(TlsMode::VerifyCa, &Roots::Platform);
    assert!(said.contains("verify-ca") && said.contains("sslrootcert=FILE"), "{said}");
}

#[test]
fn plain_text_needs_no_certificates() {
    assert!(connector(TlsMode::Off, &Roots::Platform).is_ok());
    assert!(connector(TlsMode::Off, &Roots::File("/nonexistent".into())).is_ok());
}
