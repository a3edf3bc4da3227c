//! API keys and tokens: specification.md#api-keys and specification.md#new-passwords.

use resetd_domain::{
    ApiKey, ApiKeyError, ApiKeyHash, ApiKeyKind, Network, ResetToken, SAMPLE_API_KEY, Scope, TokenError,
    TokenHash,
};

/// A counter that stands in for randomness.
fn counting() -> impl FnMut(&mut [u8]) {
    let mut state = 0_u64;
    move |bytes| {
        for byte in bytes {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (state >> 56) as u8;
        }
    }
}

/// Key, kind, source.
pub(crate) const ACCEPTED: &[(&str, ApiKeyKind, &str)] = &[
    (SAMPLE_API_KEY, ApiKeyKind::Production, "the sample key of the documentation"),
    ("PROD0123456789012345678901234567", ApiKeyKind::Production, "digits alone"),
    ("DEV_abcdefghijklmnopqrstuvwxyzAB", ApiKeyKind::Development, "specification.md#api-keys"),
    ("ROOTABCDEFGHIJKLMNOPQRSTUVWXYZab", ApiKeyKind::System, "specification.md#api-keys"),
    ("PRODPRODPRODPRODPRODPRODPRODPROD", ApiKeyKind::Production, "the prefix again"),
];

/// Text, error, source.
pub(crate) const REFUSED: &[(&str, ApiKeyError, &str)] = &[
    ("", ApiKeyError::Empty, "presence"),
    ("YOUR_API_KEY", ApiKeyError::UnknownPrefix, "the placeholder"),
    (" PRODPGrFxpGEtrOZfuWhnoJohUYBXuOE", ApiKeyError::UnknownPrefix, "nothing is trimmed"),
    ("prodPGrFxpGEtrOZfuWhnoJohUYBXuOE", ApiKeyError::UnknownPrefix, "capitals"),
    ("DEV-abcdefghijklmnopqrstuvwxyzAB", ApiKeyError::UnknownPrefix, "an underscore"),
    ("TESTabcdefghijklmnopqrstuvwxyzAB", ApiKeyError::UnknownPrefix, "specification.md#api-keys"),
    ("PRO", ApiKeyError::UnknownPrefix, "specification.md#api-keys"),
    ("éééé", ApiKeyError::UnknownPrefix, "ASCII only"),
    ("PROD", ApiKeyError::WrongLength { found: 4 }, "32 characters"),
    ("PRODPGrFxpGEtrOZfuWhnoJohUYBXuO", ApiKeyError::WrongLength { found: 31 }, "32 characters"),
    ("PRODPGrFxpGEtrOZfuWhnoJohUYBXuOEx", ApiKeyError::WrongLength { found: 33 }, "32 characters"),
    (
        "PRODPGrFxpGEtrOZfuWhnoJohUYBXuOE\n",
        ApiKeyError::ForbiddenCharacter { position: 32 },
        "the $ of some regexes",
    ),
    (
        "PRODPGrFxpGEtrOZfuWhnoJohUYBXuO ",
        ApiKeyError::ForbiddenCharacter { position: 31 },
        "nothing is trimmed",
    ),
    (
        "PROD_GrFxpGEtrOZfuWhnoJohUYBXuOE",
        ApiKeyError::ForbiddenCharacter { position: 4 },
        "specification.md#api-keys",
    ),
    (
        "DEV__bcdefghijklmnopqrstuvwxyzAB",
        ApiKeyError::ForbiddenCharacter { position: 4 },
        "specification.md#api-keys",
    ),
    (
        "PRODPGrFxpGEtrOZfuWhnoJohUYBXuO-",
        ApiKeyError::ForbiddenCharacter { position: 31 },
        "specification.md#api-keys",
    ),
    (
        "PRODPGrFxpGEtrOZfuWhnoJohUYBXué",
        ApiKeyError::ForbiddenCharacter { position: 30 },
        "32 bytes, not ASCII",
    ),
    (
        "PRODPGrFxpGEtrOZfuWhnoJohUYBXuO\0",
        ApiKeyError::ForbiddenCharacter { position: 31 },
        "specification.md#api-keys",
    ),
    (
        "PRODPGrFxpGEtrOZfuWhnoJohUYBXuO０",
        ApiKeyError::ForbiddenCharacter { position: 31 },
        "full-width digits",
    ),
];

#[test]
fn well_formed_keys() {
    for (text, kind, source) in ACCEPTED {
        let key = ApiKey::parse(text).unwrap();
        assert_eq!((key.kind(), key.expose()), (*kind, *text), "{source}");
        assert_eq!(key.is_sample(), *text == SAMPLE_API_KEY);
    }
}

#[test]
fn other_texts() {
    for (text, error, source) in REFUSED {
        assert_eq!(ApiKey::parse(text).map(|key| key.kind()), Err(error.clone()), "{text:?} ({source})");
    }
}

#[test]
fn a_key_does_not_print_itself() {
    let key = ApiKey::parse(SAMPLE_API_KEY).unwrap();
    assert_eq!(format!("{key:?}"), "ApiKey(PROD…)");
    assert_eq!(key.masked().to_string(), "PROD…OE");
    assert_eq!(key.clone().refuse_sample().map(|key| key.kind()), Err(ApiKeyError::Sample));
    let error = ApiKey::parse("PRODsecretsecretsecretsecret!").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("secret"));
    assert_eq!((error.code(), error.position()), ("forbidden-character", 28));
}

#[test]
fn the_hash_is_sha_256() {
    // printf %s PRODPGrFxpGEtrOZfuWhnoJohUYBXuOE | sha256sum
    let hash = ApiKey::parse(SAMPLE_API_KEY).unwrap().hash();
    assert_eq!(hex(hash.as_bytes()), "cc70e0de4aa483c46aaea019c97fcd599451d1572f8fac9ee795b93f6a169bff");
    assert_eq!(ApiKeyHash::from_bytes(*hash.as_bytes()), hash);
    assert!(format!("{hash:?}").len() < 30);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn fresh_keys_are_well_formed_and_different() {
    let mut fill = counting();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..1_000 {
        for kind in ApiKeyKind::ALL {
            let key = ApiKey::generate(*kind, &mut fill);
            assert_eq!(ApiKey::parse(key.expose()).map(|key| key.kind()), Ok(*kind));
            assert!(seen.insert(key.expose().to_owned()));
        }
    }
}

#[test]
fn the_sample_key_is_never_made() {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut calls = 0;
    let key = ApiKey::generate(ApiKeyKind::Production, &mut |bytes| {
        calls += 1;
        if calls == 1 {
            for (byte, character) in bytes.iter_mut().zip(SAMPLE_API_KEY[4..].chars()) {
                *byte = ALPHABET.find(character).unwrap() as u8;
            }
        } else {
            bytes.fill(0);
        }
    });
    assert_eq!((calls, key.expose()), (2, "PRODAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
}

#[test]
fn kinds_and_scopes() {
    for (kind, prefix, word, limit) in [
        (ApiKeyKind::Production, "PROD", "production", Some(500_000)),
        (ApiKeyKind::Development, "DEV_", "development", Some(1_000)),
        (ApiKeyKind::System, "ROOT", "system", None),
    ] {
        assert_eq!((kind.prefix(), kind.as_str(), kind.requests_per_minute()), (prefix, word, limit));
        assert_eq!(ApiKeyKind::parse(word), Ok(kind));
        assert_eq!(kind.captures_mail(), kind == ApiKeyKind::Development);
    }
    for scope in Scope::ALL {
        assert_eq!(Scope::parse(scope.as_str()), Ok(*scope));
        assert!(scope.is_covered_by(&[]) && scope.is_covered_by(Scope::ALL));
        assert!(scope.is_covered_by(&[*scope]));
    }
    assert!(!Scope::Ping.is_covered_by(&[Scope::ResetPassword]));
    assert!(Scope::parse("customer:*").is_err());
    let network: Network = "10.0.0.0/8".parse().unwrap();
    assert!(network.contains([10, 1, 2, 3].into()));
}

#[test]
fn tokens() {
    let mut fill = counting();
    let token = ResetToken::generate(&mut fill);
    assert_eq!(token.expose().len(), 32);
    assert!(token.expose().bytes().all(|byte| byte.is_ascii_alphanumeric()));
    assert_eq!(ResetToken::parse(token.expose()).unwrap().hash(), token.hash());
    assert_ne!(ResetToken::generate(&mut fill).hash(), token.hash());
    assert_eq!(format!("{token:?}"), "ResetToken(…)");
    assert_eq!(TokenHash::from(*token.hash().as_bytes()), token.hash());
    for (text, error) in [
        ("", TokenError::WrongLength { found: 0 }),
        ("abc", TokenError::WrongLength { found: 3 }),
        ("abcdefghijklmnopqrstuvwxyz0123456", TokenError::WrongLength { found: 33 }),
        ("abcdefghijklmnopqrstuvwxyz01234 ", TokenError::ForbiddenCharacter { position: 31 }),
        ("abcdefghijklmnopqrstuvwxyz01234é", TokenError::ForbiddenCharacter { position: 31 }),
        ("../../../../../../../etc/passwd0", TokenError::ForbiddenCharacter { position: 0 }),
    ] {
        assert_eq!(ResetToken::parse(text).map(|token| token.hash()), Err(error), "{text:?}");
    }
}
