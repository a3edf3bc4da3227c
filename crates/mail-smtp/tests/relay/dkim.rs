use application::ports::MailSender;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{KeyPair, PKCS_ED25519};
use resetd_mail_smtp::{DkimError, DkimKey, DkimSettings, SetupError, SmtpSender, SmtpSettings};
use ring::digest::{SHA256, digest};
use ring::signature::{ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm};
use tempfile::TempDir;

use crate::script::{Relay, mail, willing};

/// A key that guards nothing; `openssl genrsa -traditional 2048`, and the same as PKCS #8.
const RSA_PKCS1: &str = include_str!("keys/rsa-pkcs1.pem");
const RSA_PKCS8: &str = include_str!("keys/rsa-pkcs8.pem");
/// Its public half: `openssl rsa -RSAPublicKey_out`.
const RSA_PUBLIC: &str = include_str!("keys/rsa-public.pem");
/// Of an elliptic curve that DKIM does not know.
const P256: &str = include_str!("keys/p256.pem");

fn settings(directory: &TempDir, pem: &str) -> DkimSettings {
    let key_file = directory.path().join("key.pem");
    std::fs::write(&key_file, pem).unwrap();
    DkimSettings {
        selector: "mail1".to_owned(),
        domain: "shop.example".to_owned(),
        key: DkimKey::File(key_file),
    }
}

fn new(relay: &Relay, dkim: &DkimSettings) -> Result<SmtpSender, SetupError> {
    SmtpSender::new(
        relay.url("").parse::<SmtpSettings>().unwrap(),
        "Barášek <noreply@shop.example>",
        Some(dkim),
    )
}

/// Sends a mail signed with `pem` and returns it as a verifier gets it.
async fn signed(pem: &str, to: &str) -> String {
    let relay = Relay::play(willing(1)).await;
    let directory = TempDir::new().unwrap();
    let sender = new(&relay, &settings(&directory, pem)).unwrap();
    sender.send(&mail(1, to)).await.unwrap();
    let text = relay.texts().pop().unwrap();
    let text = text.strip_suffix(".\r\n").unwrap();
    text.split("\r\n").map(|line| line.strip_prefix('.').unwrap_or(line)).collect::<Vec<_>>().join("\r\n")
}

/// RFC 6376, section 6.1, for one signature, relaxed/relaxed; written from the RFC, not from the
/// signer.
fn verifies(raw: &str, algorithm: &'static dyn VerificationAlgorithm, name: &str, key: &[u8]) -> bool {
    let (head, body) = raw.split_once("\r\n\r\n").unwrap();
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let header = |wanted: &str| {
        let line = unfolded.split("\r\n").find(|line| {
            line.split_once(':').is_some_and(|(name, _)| name.trim().eq_ignore_ascii_case(wanted))
        });
        line.map(|line| {
            let (name, value) = line.split_once(':').unwrap();
            let words: Vec<&str> = value.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
            format!("{}:{}", name.trim().to_ascii_lowercase(), words.join(" "))
        })
    };
    let signature = header("dkim-signature").unwrap();
    let tags: Vec<(String, String)> = signature
        .split_once(':')
        .unwrap()
        .1
        .split(';')
        .map(|tag| tag.split_once('=').unwrap())
        .map(|(tag, value)| (tag.trim().to_owned(), value.replace(' ', "")))
        .collect();
    let tag = |wanted: &str| tags.iter().find(|(tag, _)| tag == wanted).unwrap().1.as_str();
    assert_eq!((tag("v"), tag("a"), tag("c")), ("1", name, "relaxed/relaxed"));
    assert_eq!((tag("d"), tag("s")), ("shop.example", "mail1"));
    assert_eq!(tag("h"), "from:to:subject:date:message-id:auto-submitted:mime-version");

    let lines: Vec<String> = body
        .split("\r\n")
        .map(|line| {
            let mut relaxed = String::new();
            for c in line.trim_end_matches([' ', '\t']).chars() {
                let blank = matches!(c, ' ' | '\t');
                if !(blank && relaxed.ends_with(' ')) {
                    relaxed.push(if blank { ' ' } else { c });
                }
            }
            relaxed
        })
        .collect();
    let body = format!("{}\r\n", lines.join("\r\n").trim_end_matches("\r\n"));
    if STANDARD.encode(digest(&SHA256, body.as_bytes())) != tag("bh") {
        return false;
    }
    let mut hashed: String =
        tag("h").split(':').map(|name| format!("{}\r\n", header(name).unwrap())).collect();
    let (unsigned, _) = signature.rsplit_once("b=").unwrap();
    hashed.push_str(&format!("{unsigned}b="));
    let signature = STANDARD.decode(tag("b")).unwrap();
    let key = UnparsedPublicKey::new(algorithm, key);
    // RFC 8463, section 3: Ed25519 signs the hash; RSA has the hash inside.
    match name {
        "ed25519-sha256" => key.verify(digest(&SHA256, hashed.as_bytes()).as_ref(), &signature).is_ok(),
        _ => key.verify(hashed.as_bytes(), &signature).is_ok(),
    }
}

fn rsa_public() -> Vec<u8> {
    let base64: String = RSA_PUBLIC.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(base64).unwrap()
}

#[tokio::test]
async fn rsa_signatures_verify_from_both_kinds_of_file() {
    for pem in [RSA_PKCS1, RSA_PKCS8] {
        let raw = signed(pem, "jan@barasek.com").await;
        assert!(verifies(&raw, &RSA_PKCS1_2048_8192_SHA256, "rsa-sha256", &rsa_public()), "{raw}");
        let tampered = raw.replacen("Mon, 23 Nov", "Tue, 24 Nov", 1);
        assert!(!verifies(&tampered, &RSA_PKCS1_2048_8192_SHA256, "rsa-sha256", &rsa_public()));
    }
}

#[tokio::test]
async fn ed25519_signatures_verify() {
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let raw = signed(&key.serialize_pem(), "jan@barasek.com").await;
    assert!(verifies(&raw, &ED25519, "ed25519-sha256", key.public_key_raw()), "{raw}");
    let end = raw.len() - 40;
    let tampered = format!("{}x{}", &raw[..end], &raw[end + 1..]);
    assert!(!verifies(&tampered, &ED25519, "ed25519-sha256", key.public_key_raw()));
}

#[tokio::test]
async fn what_is_no_key_is_refused_without_being_shown() {
    let relay = Relay::play(vec![]).await;
    let directory = TempDir::new().unwrap();
    for pem in [
        "",
        "secretsecret",
        P256,
        RSA_PUBLIC,
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ] {
        let error = new(&relay, &settings(&directory, pem)).unwrap_err();
        assert!(matches!(error, SetupError::Dkim(DkimError::NotAKey(_))), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
    let mut missing = settings(&directory, RSA_PKCS8);
    missing.key = DkimKey::File(directory.path().join("nowhere.pem"));
    assert!(matches!(new(&relay, &missing).unwrap_err(), SetupError::Dkim(DkimError::Unreadable(_))));
    let mut injected = settings(&directory, RSA_PKCS8);
    injected.selector = "a; b=\r\nBcc: x".to_owned();
    assert_eq!(new(&relay, &injected).unwrap_err(), SetupError::Dkim(DkimError::Name));
}

#[test]
fn the_key_is_pem_text_or_a_path() {
    let pem = include_str!("keys/rsa-pkcs8.pem");
    assert_eq!(DkimKey::read(pem), DkimKey::Pem(pem.to_owned()));
    assert_eq!(DkimKey::read("/etc/key.pem"), DkimKey::File("/etc/key.pem".into()));
    assert_eq!(format!("{:?}", DkimKey::read(pem)), "Pem(***)");
    let settings = DkimSettings {
        selector: "mail1".to_owned(),
        domain: "shop.example".to_owned(),
        key: DkimKey::read(pem),
    };
    let smtp = "smtp://relay.example".parse().unwrap();
    assert!(SmtpSender::new(smtp, "a@shop.example", Some(&settings)).is_ok());
}
