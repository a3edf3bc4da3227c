//! New passwords: specification.md#new-passwords.

use resetd_domain::{Password, PasswordPolicy, PolicyRule, PolicyViolations};

fn broken(policy: &PasswordPolicy, plain: &str) -> Vec<&'static str> {
    policy
        .check(&Password::new(plain.to_owned()))
        .map_or_else(|violations| violations.rules().iter().map(PolicyRule::code).collect(), |()| Vec::new())
}

#[test]
fn the_default_policy() {
    let policy = PasswordPolicy::default();
    for (plain, rules) in [
        ("Kobyla-ma-maly-bok1", &[][..]),
        ("Tr0ub4dor&3", &[]),
        ("aB3aB3aB", &[]),
        ("Abcdefg7", &[]),
        (" Ab 3 Cd ", &[]),
        ("Žluťoučký kůň 7", &[]),
        ("ΑβγδεζηΘ1", &[]),
        // Arabic digits are digits; Chinese has no case.
        ("Heslo-pro-٣-koně", &[]),
        ("密码密码密码密码", &["upper-case-missing", "lower-case-missing", "digit-missing"]),
        ("Aa1", &["too-short"]),
        ("", &["too-short", "upper-case-missing", "lower-case-missing", "digit-missing"]),
        ("kobyla-ma-maly-bok1", &["upper-case-missing"]),
        ("KOBYLA-MA-MALY-BOK1", &["lower-case-missing"]),
        ("Kobyla-ma-maly-bok", &["digit-missing"]),
        // Half and Roman two are numbers, not digits.
        ("Kobyla-ma-½-Ⅱ", &["digit-missing"]),
        // Seven characters in fourteen bytes, eight in fifteen.
        ("ŽŽŽžžž1", &["too-short"]),
        ("ŽŽŽžžžž1", &[]),
        ("Password1", &["common"]),
        ("PASSWORd1", &["common"]),
        ("Passw0rd", &["common"]),
        ("Qwerty123", &["common"]),
        ("Welcome1", &["common"]),
        ("Heslo123", &["common"]),
        ("password", &["upper-case-missing", "digit-missing", "common"]),
        ("12345678", &["upper-case-missing", "lower-case-missing", "common"]),
    ] {
        assert_eq!(broken(&policy, plain), rules, "{plain:?}");
    }
}

#[test]
fn the_longest() {
    let policy = PasswordPolicy::default();
    let of = |bytes: usize| format!("Aa1{}", "x".repeat(bytes - 3));
    assert!(broken(&policy, &of(256)).is_empty());
    assert_eq!(broken(&policy, &of(257)), ["too-long"]);
    assert_eq!(broken(&policy, &"é".repeat(1_000_000)), ["too-long"]);
    let bcrypt = policy.clone().for_bcrypt();
    assert_eq!(bcrypt, policy.clone().with_max_bytes(72));
    assert!(broken(&bcrypt, &of(72)).is_empty());
    assert_eq!(broken(&bcrypt, &of(73)), ["too-long-for-bcrypt"]);
    // 36 characters of two bytes and one more.
    assert_eq!(broken(&bcrypt, &format!("{}1", "Žž".repeat(18))), ["too-long-for-bcrypt"]);
    assert_eq!(policy.with_max_bytes(20).for_bcrypt().max_bytes(), 20);
}

#[test]
fn lengths_are_those_of_the_normalized_password() {
    // Twenty-four letters of two bytes; decomposed each has three.
    let decomposed = "e\u{301}".repeat(34);
    assert!(broken(&PasswordPolicy::default().for_bcrypt(), &format!("Aa1{decomposed}")).is_empty());
    assert_eq!(
        broken(&PasswordPolicy::default(), "Ae\u{301}e\u{301}e\u{301}e\u{301}e\u{301}1"),
        ["too-short"]
    );
}

#[test]
fn a_nul_is_refused_wherever_it_stands() {
    let lax = PasswordPolicy::default().with_min_length(0).with_reject_common(false);
    for plain in ["Kocour9\0abcdef", "\0Kocour9", "Kocour9\0"] {
        assert_eq!(broken(&PasswordPolicy::default(), plain), ["nul"], "{plain:?}");
        assert_eq!(broken(&lax, plain), ["nul"], "{plain:?}");
    }
}

#[test]
fn messages_are_sentences() {
    let message =
        |plain: &str| PasswordPolicy::default().check(&Password::new(plain.into())).unwrap_err().to_string();
    assert_eq!(message("Password1"), "the password must not be one of the most common passwords");
    assert_eq!(message("Kobyla-ma-maly-bok"), "the password needs a digit");
    assert_eq!(message("Kocour9\0abcdef"), "the password must not contain the character NUL");
    assert_eq!(message(&"x".repeat(257)), "the password must not be longer than 256 bytes");
}

#[test]
fn an_organisations_own_policy() {
    let lax = PasswordPolicy::default()
        .with_min_length(4)
        .with_upper_case(false)
        .with_lower_case(false)
        .with_digit(false)
        .with_reject_common(false);
    assert!(broken(&lax, "1234").is_empty());
    assert_eq!(broken(&lax, "123"), ["too-short"]);
    assert_eq!(broken(&lax.with_reject_common(true), "1234"), ["common"]);
    assert_eq!(broken(&PasswordPolicy::default().with_min_length(12), "Tr0ub4dor&3"), ["too-short"]);
}

#[test]
fn violations_teach_and_keep_the_secret() {
    let violations: PolicyViolations =
        PasswordPolicy::default().check(&Password::new("secret".to_owned())).unwrap_err();
    assert_eq!(violations.code(), "too-short");
    assert_eq!(
        violations.to_string(),
        "the password needs at least 8 characters, an upper-case letter and a digit, \
         and must not be one of the most common passwords"
    );
    assert!(!format!("{violations:?}").contains("secret"));
    assert_eq!(violations.into_iter().count(), 4);
}
