//! What holds for every input: properties, by random and by exhaustive search.

use core::net::IpAddr;

use proptest::prelude::*;
use resetd_domain::{
    ApiKey, CustomerIp, EmailAddress, EmailError, Expiry, ExpiryError, IpScope, ProviderRule, ProviderRules,
    RequestId, ResetToken, TagSeparator,
};

use crate::checks;

/// Per property; unoptimised, fewer.
const CASES: u32 = if cfg!(debug_assertions) { 1_000 } else { 20_000 };

/// The characters that rules are made of, and some that rules are broken with.
fn address_piece() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[a-zA-Z0-9]{1,8}",
        4 => "[.+_-]",
        2 => "[!#$%&'*/=?^`{|}~]",
        2 => prop::sample::select(vec!["ž", "Ö", "İ", "ß", "ẞ", "Σ", "ς", "K", "\u{301}", "\u{338}", "\u{1100}", "\u{1161}", "用", "א", "ا", "१"])
            .prop_map(str::to_owned),
        1 => prop::sample::select(vec![" ", "\t", "\"", "<", ">", "(", ")", ",", ":", ";", "[", "]", "\\", "@", "\0", "\r\n", "\u{200b}", "\u{202e}", "\u{feff}"])
            .prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ]
}

fn domain() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => "[a-zA-Z0-9]{1,6}".prop_map(String::from),
        3 => Just(".".to_owned()),
        2 => Just("-".to_owned()),
        1 => Just("xn--".to_owned()),
        2 => prop::sample::select(vec!["ž", "ß", "σ", "例", "א", "ا", "。", "．", "\u{ad}", "\u{200d}", "क्", "Ａ", "①", "\u{301}", "_"])
            .prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop_oneof![
        4 => prop::sample::select(vec![
            "gmail.com", "googlemail.com", "GMail.com", "outlook.com", "hotmail.co.uk", "live.nl", "yahoo.com", "yahoo.de",
            "icloud.com", "proton.me", "fastmail.fm", "yandex.kz", "ya.ru", "example.com", "hotmail.evil.com",
        ]).prop_map(str::to_owned),
        6 => prop::collection::vec(piece, 1..8).prop_map(|pieces| pieces.concat()),
    ]
}

fn address() -> impl Strategy<Value = String> {
    (prop::collection::vec(address_piece(), 1..8), domain(), "[ \t]{0,2}", "[ \t]{0,2}")
        .prop_map(|(local, domain, before, after)| format!("{before}{}@{domain}{after}", local.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn plausible_addresses(text in address()) {
        checks::email(&text);
    }

    #[test]
    fn any_text_as_an_address(text in any::<String>()) {
        checks::email(&text);
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let text = String::from_utf8_lossy(&bytes);
        checks::email(&text);
        everything_but_email(&text);
    }

    #[test]
    fn mailboxes_are_an_equivalence(a in address(), b in address(), c in address()) {
        let emails: Vec<EmailAddress> = [a, b, c].iter().filter_map(|text| EmailAddress::parse(text).ok()).collect();
        for x in &emails {
            prop_assert!(x.same_mailbox(x));
            for y in &emails {
                prop_assert_eq!(x.same_mailbox(y), y.same_mailbox(x));
                prop_assert!(x != y || x.same_mailbox(y), "equal addresses have one mailbox");
                for z in &emails {
                    prop_assert!(!(x.same_mailbox(y) && y.same_mailbox(z)) || x.same_mailbox(z));
                }
            }
        }
    }

    #[test]
    fn any_text_as_anything_else(text in "[0-9a-fA-F:.x%/\\[\\] hmswdPTy,+-]{0,24}|\\PC{0,24}") {
        everything_but_email(&text);
    }

    #[test]
    fn any_ip(v4 in any::<[u8; 4]>(), v6 in any::<[u16; 8]>(), zeros in any::<u8>()) {
        // Random groups are hardly ever zero: clear some of them.
        let v6: Vec<u16> = v6.iter().enumerate().map(|(bit, group)| if zeros >> bit & 1 == 1 { 0 } else { *group }).collect();
        let v6: [u16; 8] = v6.try_into().unwrap();
        for addr in [IpAddr::from(v4), IpAddr::from(v6)] {
            let ip = CustomerIp::from(addr);
            prop_assert_eq!(CustomerIp::parse(&ip.to_string()), Ok(ip));
            prop_assert_eq!(CustomerIp::parse(&addr.to_string()), Ok(ip));
            prop_assert_eq!(CustomerIp::from(ip.addr()), ip);
            prop_assert!(!ip.is_global() || IpScope::of(addr) == IpScope::Global);
        }
    }

    #[test]
    fn well_formed_expiries_sum_up(parts in prop::collection::vec((0_u64..200, 0_usize..5, 0_usize..5), 1..6), spaces in "[ ]{0,2}") {
        const UNITS: [(u64, [&str; 5]); 5] = [
            (604_800, ["w", "week", "weeks", "W", "Weeks"]),
            (86_400, ["d", "day", "days", "D", "DAYS"]),
            (3_600, ["h", "hr", "hrs", "hour", "HOURS"]),
            (60, ["m", "min", "mins", "minute", "Minutes"]),
            (1, ["s", "sec", "secs", "second", "seconds"]),
        ];
        let mut text = spaces.clone();
        let mut sum = 0;
        let mut last = None;
        let mut error = None;
        for (count, unit, spelling) in parts {
            if error.is_none() {
                error = match last {
                    Some(last) if last == unit => Some("repeated-unit"),
                    Some(last) if last > unit => Some("out-of-order"),
                    _ => None,
                };
            }
            last = Some(unit);
            sum += count * UNITS[unit].0;
            text += &format!("{count}{spaces}{}{spaces}", UNITS[unit].1[spelling]);
        }
        let expected = match (error, sum) {
            (Some(error), _) => Err(error),
            (None, 0) => Err("zero"),
            (None, 1..60) => Err("too-short"),
            (None, 60..=604_800) => Ok(sum as u32),
            (None, _) => Err("too-long"),
        };
        prop_assert_eq!(Expiry::parse(&text).map(Expiry::as_seconds).map_err(|error| error.code()), expected, "{}", text);
    }

    #[test]
    fn generated_secrets_are_well_formed(seed in any::<u64>()) {
        let mut state = seed | 1;
        let mut fill = |bytes: &mut [u8]| for byte in bytes {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            *byte = state as u8;
        };
        let token = ResetToken::generate(&mut fill);
        prop_assert_eq!(ResetToken::parse(token.expose()).unwrap().hash(), token.hash());
        let key = ApiKey::generate(resetd_domain::ApiKeyKind::System, &mut fill);
        prop_assert_eq!(ApiKey::parse(key.expose()).unwrap().hash(), key.hash());
    }

    #[test]
    fn ids_round_trip(bytes in any::<[u8; 16]>(), ms in any::<u64>(), random in any::<[u8; 10]>()) {
        let id = RequestId::from_bytes(bytes);
        prop_assert_eq!(RequestId::parse(&id.to_string()), Ok(id));
        let id = RequestId::from_parts(ms, random);
        prop_assert_eq!(id.unix_ms(), Some(ms & 0xffff_ffff_ffff));
        prop_assert_eq!(RequestId::parse(&id.to_string().to_uppercase()), Ok(id));
    }
}

fn everything_but_email(text: &str) {
    checks::ip(text);
    checks::expiry(text);
    checks::api_key(text);
    checks::words(text);
}

/// Every character there is, in every place of an address that treats characters differently.
#[test]
fn every_character_in_an_address() {
    let rules = ProviderRules::built_in();
    // The planes in use; the rest is unassigned.
    let used = ('\0'..='\u{323af}').chain('\u{e0000}'..='\u{e01ef}').chain('\u{10fffd}'..='\u{10ffff}');
    for character in used {
        // Ideographs and syllables are all alike: unoptimised, some of them will do.
        let alike = matches!(character, '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{20000}'..='\u{323af}');
        if cfg!(debug_assertions) && alike && u32::from(character) % 499 != 0 {
            continue;
        }
        checks::email_by(&format!("a{character}@gmail.com"), rules);
        checks::email_by(&format!("x@{character}b.com"), rules);
    }
}

/// Whatever the first character is, lower case and NFC leave nothing to do for a second round: all
/// pairs of the letters that have a case and the marks that combine.
#[test]
fn every_letter_with_every_mark_of_its_script() {
    let rules = ProviderRules::built_in();
    let cased = ('\u{41}'..='\u{24f}').chain('\u{370}'..='\u{52f}').chain('\u{1e00}'..='\u{1fff}');
    for letter in cased.filter(|character| character.is_alphabetic()) {
        for mark in [
            '\u{300}', '\u{301}', '\u{304}', '\u{307}', '\u{308}', '\u{30c}', '\u{313}', '\u{323}',
            '\u{328}', '\u{342}', '\u{345}',
        ] {
            checks::email_by(&format!("{letter}{mark}@example.com"), rules);
        }
    }
}

#[test]
fn errors_of_ranges_are_those_of_numbers() {
    for seconds in [0, 1, 59, 604_801, 1 << 40] {
        let text = Expiry::parse(&format!("{seconds}s"));
        assert_eq!(text, Expiry::from_seconds(seconds));
        assert!(matches!(
            text,
            Err(ExpiryError::Zero { .. } | ExpiryError::TooShort { .. } | ExpiryError::TooLong { .. })
        ));
    }
}

#[test]
fn own_rules_come_first_and_never_break_idempotence() {
    let rules = checks::own_rules();
    for (input, canonical, name) in [
        ("a.b@example.com", "ab@firma.cz", Some("dots")),
        ("a.b+c@firma.cz", "ab+c@firma.cz", Some("dots")),
        ("a.b-c+d@gmail.com", "a.b@gmail.com", Some("hyphens")),
        // The built-in rule would map into a domain that now has another rule: it keeps its own.
        ("a.b+c@googlemail.com", "ab@googlemail.com", Some("Gmail")),
        ("a.b+c@háčky.cz", "ab@xn--hky-ela4t.cz", Some("both")),
        ("a.b@outlook.com", "a.b@outlook.com", None),
        ("a@example.org", "a@example.org", None),
    ] {
        let email = EmailAddress::parse_with(input, &rules).unwrap();
        assert_eq!(
            (email.canonical(), email.canonical_rule().map(ProviderRule::name)),
            (canonical, name),
            "{input}"
        );
    }
    assert_eq!(
        ProviderRule::new("x", "y", ["localhost"]).map(|rule| rule.name().to_owned()),
        Err(EmailError::DomainWithoutDot { position: 9 })
    );
    let gmail = ProviderRules::built_in().rule_for("gmail.com").unwrap();
    assert!(gmail.ignores_dots() && gmail.source().contains("support.google.com"));
    assert_eq!(
        (gmail.tag_separator(), gmail.canonical_domain()),
        (Some(TagSeparator::Plus), Some("gmail.com"))
    );
}
