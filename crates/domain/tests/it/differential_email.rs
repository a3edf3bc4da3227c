//! Where `email_address` + `idna` + NFC + lower case, the best stack of general crates, decides
//! otherwise than `EmailAddress`, and why ours is right. Every disagreement over all tables and
//! over random addresses has to fall into one of [`DISAGREEMENTS`], and each of these has to occur.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use resetd_domain::{EmailAddress, EmailError};
use unicode_normalization::UnicodeNormalization;

use crate::{email_accepted, email_refused};

/// The kind, which of the two takes the address, an example, and why ours is right.
const DISAGREEMENTS: &[(&str, &str, &str, &str)] = &[
    (
        "quoted-local-part",
        "theirs",
        "\"jan barasek\"@example.com",
        "RFC 5321 4.1.2 allows quotes, and tells hosts not to rely on them; nobody signs up with one, and the stack lowercases \
         within the quotes. Contract 3 refuses them.",
    ),
    (
        "numeric-top-label",
        "theirs",
        "jan@192.0.2.1",
        "An all-numeric top-level domain cannot exist (RFC 3696 2): it is an IPv4 address without its brackets.",
    ),
    (
        "nothing-left-of-tag",
        "theirs",
        "+tag@gmail.com",
        "Without its tag no mailbox is left; the stack knows no mailboxes.",
    ),
    (
        "invisible-character",
        "theirs",
        "jan\u{3164}@example.com",
        "Hangul fillers count as letters for `char::is_alphanumeric`, and nobody sees them: two addresses that look the same.",
    ),
    (
        "leading-combining-mark",
        "theirs",
        "\u{93e}jan@example.com",
        "Spacing vowel signs count as letters for `char::is_alphanumeric`; with nothing before it, one combines with what \
         happens to stand in front of the address.",
    ),
    (
        "local-part-too-long",
        "theirs",
        "İ, 22 times, @example.com",
        "The stack measures before it lowercases: what it returns has 66 octets, and RFC 5321 4.5.3.1.1 allows 64.",
    ),
    (
        "address-too-long",
        "theirs",
        "64 octets, @, a domain of 190 octets",
        "The stack measures the two parts alone: the path of RFC 5321 4.5.3.1.3 leaves 254 octets for both.",
    ),
    (
        "symbol-in-local-part",
        "ours",
        "👍@example.com",
        "RFC 6531 3.3 takes every character outside ASCII into an atom; `email_address` takes alphanumerics alone, and so \
         refuses marks of any script as well when they are not precomposed.",
    ),
    (
        "domain-before-mapping",
        "ours",
        "jan@example。com",
        "`email_address` looks at the domain before UTS-46 has mapped it: full stops of other scripts, soft hyphens, combining \
         marks, joiners in Indic names and symbols are refused although the domain is valid.",
    ),
    (
        "length-before-normalisation",
        "ours",
        "e and U+0301, 32 times, @example.com",
        "`email_address` measures the text as given: decomposed, full-width or Unicode spellings of addresses that fit are \
         refused (specification.md#email-addresses: measured on the normalized form, the domain as A-labels).",
    ),
];

/// The stack, with the white space trimmed that ours trims, so that only decisions of substance
/// differ.
fn stack(text: &str) -> Option<String> {
    let options =
        email_address::Options::default().with_required_tld().without_domain_literal().without_display_text();
    let address =
        email_address::EmailAddress::parse_with_options(text.trim_matches([' ', '\t']), options).ok()?;
    let mut normalized = address.local_part().nfc().collect::<String>().to_lowercase();
    normalized.push('@');
    normalized.push_str(&idna::domain_to_ascii_strict(address.domain()).ok()?);
    Some(normalized)
}

/// The kind of a disagreement; `None` where both agree.
fn disagreement(text: &str) -> Option<&'static str> {
    match (EmailAddress::parse(text), stack(text)) {
        (Err(_), None) => None,
        (Ok(ours), Some(theirs)) if ours.normalized() == theirs => None,
        (Err(error), Some(_)) => Some(match error {
            EmailError::LabelTooLong { .. } => "address-too-long",
            error => error.code(),
        }),
        (Ok(ours), Some(theirs)) => {
            panic!("{text:?}: both take it, ours as {:?}, theirs as {theirs:?}", ours.normalized())
        }
        (Ok(_), None) => {
            let (local, domain) = text.trim_matches([' ', '\t']).split_once('@').unwrap();
            let beyond = |part: &str| {
                part.chars().any(|character| !character.is_ascii() && !character.is_alphanumeric())
            };
            if local.len() > 64 || domain.len() > 253 || domain.split('.').any(|label| label.len() > 63) {
                Some("length-before-normalisation")
            } else if beyond(domain) {
                Some("domain-before-mapping")
            } else {
                assert!(beyond(local), "{text:?}");
                Some("symbol-in-local-part")
            }
        }
    }
}

fn lengths() -> Vec<String> {
    let label = "a".repeat(63);
    vec![
        format!("{}@example.com", "İ".repeat(22)),
        format!("{}@example.com", "e\u{301}".repeat(32)),
        format!("jan@{}.com", "ａ".repeat(63)),
        format!("{}@{label}.{label}.{}", "l".repeat(64), "b".repeat(62)),
    ]
}

#[test]
fn every_disagreement_is_known_and_occurs() {
    let tables = email_accepted::PLAIN.iter().map(|row| row.0);
    let tables = tables.chain(email_accepted::PROVIDERS.iter().map(|row| row.0));
    let tables = tables.chain(email_refused::REFUSED.iter().map(|row| row.0)).map(str::to_owned);
    let mut runner = TestRunner::deterministic();
    let strategy = (any::<[char; 2]>(), "[a-zA-Z0-9.+-]{0,4}", "[a-z0-9Aß。-]{1,4}", any::<char>(), 0..4);
    let random = (0..20_000).map(|_| {
        let ([first, second], local, domain, character, shape) =
            strategy.new_tree(&mut runner).unwrap().current();
        match shape {
            0 => format!("{first}{local}@{domain}.com"),
            1 => format!("{local}{first}{second}@{domain}.cz"),
            2 => format!("{local}@{domain}{character}.com"),
            _ => format!("{local}@{domain}.{character}"),
        }
    });
    // Every letter whose lower case is more than one character.
    let expanding = ('\u{80}'..='\u{1ffff}').filter(|letter| letter.to_lowercase().count() > 1);
    let expanding = expanding.flat_map(|letter| {
        ["", "\u{301}", "\u{345}", "\u{323}"].map(|mark| format!("{letter}{mark}@example.com"))
    });

    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for text in tables.chain(lengths()).chain(random).chain(expanding) {
        if let Some(kind) = disagreement(&text) {
            assert!(DISAGREEMENTS.iter().any(|known| known.0 == kind), "{kind}: {text:?}");
            *seen.entry(kind).or_default() += 1;
        }
    }
    for (kind, side, example, why) in DISAGREEMENTS {
        assert!(seen.contains_key(kind), "{kind} ({side}, {example}: {why})");
    }
}
