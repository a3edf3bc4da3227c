//! What holds for any input of each parser. The properties, the fuzz targets in `fuzz` and their
//! short run on stable Rust all call these.

use resetd_domain::{
    ApiKey, ApiKeyId, CustomerIp, DeliveryState, EmailAddress, Expiry, Language, Password, PasswordPolicy,
    ProviderRule, ProviderRules, ResetToken, Scope, TagSeparator,
};

/// An address by the built-in rules and by rules of one's own.
pub(crate) fn email(text: &str) {
    email_by(text, ProviderRules::built_in());
    email_by(text, &own_rules());
}

/// Rules that overlap with each other and with the built-in ones.
pub(crate) fn own_rules() -> ProviderRules {
    let rule = |name: &str, domains: &[&str]| ProviderRule::new(name, "a test", domains).unwrap();
    let both = rule("both", &["háčky.cz"]).ignoring_dots().dropping_tags(TagSeparator::Plus);
    ProviderRules::default()
        .with_rule(rule("dots", &["example.com", "firma.cz"]).ignoring_dots().mapped_to("firma.cz").unwrap())
        .with_rule(both.mapped_to("GMail.com").unwrap())
        .with_rule(rule("hyphens", &["gmail.com"]).dropping_tags(TagSeparator::Hyphen))
}

/// Everything that holds for an accepted address.
pub(crate) fn email_by(text: &str, rules: &ProviderRules) {
    let email = match EmailAddress::parse_with(text, rules) {
        Ok(email) => email,
        Err(error) => return check_position(text, error.position(), &error),
    };
    let again = |text: &str| {
        EmailAddress::parse_with(text, rules).unwrap_or_else(|error| panic!("{text:?}: {error}"))
    };
    let normalized = again(email.normalized());
    assert_eq!(normalized.normalized(), email.normalized(), "normalisation is idempotent: {text:?}");
    assert_eq!(normalized.canonical(), email.canonical(), "both forms have one canonical form: {text:?}");
    assert_eq!(normalized.canonical_rule(), email.canonical_rule(), "{text:?}");
    let canonical = again(email.canonical());
    assert_eq!(canonical.normalized(), email.canonical(), "a canonical form is normalized: {text:?}");
    assert_eq!(canonical.canonical(), email.canonical(), "canonicalisation is idempotent: {text:?}");
    assert!(canonical.same_mailbox(&email) && email.same_mailbox(&canonical) && email.same_mailbox(&email));
    assert_eq!(email.canonical_rule().is_some(), email.canonical() != email.normalized(), "{text:?}");
    assert_eq!(again(&format!("{email}")), email, "it round-trips through Display: {text:?}");
    assert_eq!(again(&email.to_unicode()), email, "the Unicode form is the same address: {text:?}");
    assert_eq!(format!("{}@{}", email.local_part(), email.domain()), email.normalized());
    assert!(email.normalized().len() <= 254 && email.local_part().len() <= 64, "{text:?}");
    assert!(email.domain().is_ascii() && email.domain().contains('.'), "{text:?}");
    assert!(!email.normalized().bytes().any(|byte| byte.is_ascii_uppercase() || byte <= b' '), "{text:?}");
    let masked = email.masked().to_string();
    let hidden = email.local_part().trim_matches('*').chars().count() > 1;
    assert!(!hidden || !format!("{email:?}").contains(email.normalized()), "{text:?}");
    assert!(masked.ends_with(&format!("***@{}", email.domain())), "{text:?}");
}

/// Positions lie in the text, between characters, and the message does not carry the text.
fn check_position(text: &str, position: usize, error: &dyn core::error::Error) {
    assert!(text.is_char_boundary(position), "{position} in {text:?}: {error}");
}

/// A customer IP.
pub(crate) fn ip(text: &str) {
    match CustomerIp::parse(text) {
        Ok(ip) => {
            assert_eq!(CustomerIp::parse(&ip.to_string()), Ok(ip));
            assert_eq!(CustomerIp::from(ip.addr()), ip);
        }
        Err(error) => check_position(text, error.position(), &error),
    }
    // What std takes is taken.
    if let Ok(addr) = text.parse::<core::net::IpAddr>() {
        assert_eq!(CustomerIp::parse(text), Ok(CustomerIp::from(addr)));
    }
}

/// An expiry.
pub(crate) fn expiry(text: &str) {
    match Expiry::parse(text) {
        Ok(expiry) => {
            assert_eq!(Expiry::parse(&expiry.to_string()), Ok(expiry));
            assert_eq!(Expiry::parse(&expiry.to_iso8601().to_string()), Ok(expiry));
            assert!(expiry >= Expiry::MIN && expiry <= Expiry::MAX);
        }
        Err(error) => check_position(text, error.position(), &error),
    }
}

/// A key and a token.
pub(crate) fn api_key(text: &str) {
    match ApiKey::parse(text) {
        Ok(key) => {
            assert_eq!(key.expose(), text);
            assert!(text.len() == 32 && text.starts_with(key.kind().prefix()));
        }
        Err(error) => check_position(text, error.position(), &error),
    }
    match ResetToken::parse(text) {
        Ok(token) => assert!(token.expose() == text && text.len() == 32),
        Err(error) => check_position(text, error.position(), &error),
    }
}

/// Identifiers, languages, words, passwords.
pub(crate) fn words(text: &str) {
    match ApiKeyId::parse(text) {
        Ok(id) => assert_eq!(id.to_string(), text.to_lowercase()),
        Err(error) => check_position(text, error.position(), &error),
    }
    match Language::parse(text) {
        Ok(language) => assert_eq!(Language::parse(language.as_str()), Ok(language)),
        Err(error) => check_position(text, error.position(), &error),
    }
    assert!(Scope::parse(text).is_ok_and(|word| word.as_str() == text) || Scope::parse(text).is_err());
    assert!(
        DeliveryState::parse(text).is_ok_and(|word| word.as_str() == text)
            || DeliveryState::parse(text).is_err()
    );
    if let Err(violations) = PasswordPolicy::default().check(&Password::new(text.to_owned())) {
        assert!(!violations.rules().is_empty());
    }
}
