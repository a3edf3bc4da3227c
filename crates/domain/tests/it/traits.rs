//! What a backend writes without thinking: comparisons with strings, maps searched by strings,
//! sums, conversions.

use core::net::IpAddr;
use core::time::Duration;
use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use resetd_domain::{
    ApiKeyKind, CustomerIp, EmailAddress, Expiry, IpScope, Language, ProviderRule, ProviderRules, RuleError,
    Scope, TagSeparator,
};

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

#[test]
fn an_address_is_a_string_where_one_is_wanted() {
    let address = email("Jan@Example.com");
    let as_ref: &str = address.as_ref();
    let borrowed: &str = address.borrow();
    assert_eq!(
        (as_ref, borrowed, address.as_str()),
        ("jan@example.com", "jan@example.com", "jan@example.com")
    );
    let (text, owned): (&str, String) = ("jan@example.com", "jan@example.com".to_owned());
    assert_eq!(address, text);
    assert_eq!(text, address);
    assert_eq!(address, *text);
    assert_eq!(address, owned);
    assert_eq!(owned, address);
    assert_ne!(address, "Jan@Example.com", "a text that is not normalized equals no address");
    assert_eq!(String::from(address), "jan@example.com");
}

#[test]
fn maps_are_searched_by_text() {
    let addresses = ["jan@example.com", "žofie@háčky.cz", "a@b.cz", "zz@zz.cz"].map(email);
    let hashed: HashMap<EmailAddress, usize> = addresses.iter().cloned().zip(0..).collect();
    let sorted: BTreeMap<EmailAddress, usize> = addresses.iter().cloned().zip(0..).collect();
    for (address, number) in addresses.iter().zip(0..) {
        assert_eq!(hashed.get(address.as_str()), Some(&number));
        assert_eq!(sorted.get(address.as_str()), Some(&number));
    }
    assert_eq!(hashed.get("nobody@example.com"), None);
}

#[test]
fn words_and_languages_are_strings_too() {
    assert!(IpScope::Private == "private" && "system" == ApiKeyKind::System);
    let word: &str = Scope::ResetPassword.as_ref();
    assert_eq!(word, Scope::ResetPassword.as_str());
    assert_eq!(Language::CS, "cs");
    assert_eq!(String::from(Language::CS).len(), 2);
}

#[test]
fn an_expiry_is_added_to_a_time() {
    let expiry = Expiry::parse("3h 20m").unwrap();
    let accepted = DateTime::<Utc>::UNIX_EPOCH;
    assert_eq!(accepted + expiry, expiry.deadline(accepted));
    let there = accepted.with_timezone(&FixedOffset::east_opt(3_600).unwrap());
    let expires = there + expiry;
    assert_eq!((expires.timestamp(), expires.timezone()), (12_000, there.timezone()));
    assert_eq!(DateTime::<Utc>::MAX_UTC + expiry, DateTime::<Utc>::MAX_UTC);
    assert_eq!(TimeDelta::from(expiry), TimeDelta::minutes(200));
    assert_eq!(Duration::from(expiry), Duration::from_secs(12_000));
    assert_eq!(String::from(expiry), "3h 20m");
    assert_eq!(format!("[{expiry:<8}] [{expiry:>8}] [{expiry:.2}]"), "[3h 20m  ] [  3h 20m] [3h]");
}

#[test]
fn an_ip_is_compared_with_addresses() {
    let ip = CustomerIp::parse("::ffff:1.1.1.1").unwrap();
    let addr: IpAddr = "1.1.1.1".parse().unwrap();
    assert_eq!(ip, addr);
    assert_eq!(addr, ip);
    assert_eq!((String::from(ip).as_str(), IpAddr::from(ip)), ("1.1.1.1", addr));
}

#[test]
fn one_function_takes_every_error() {
    let errors: [(&str, Box<dyn RuleError>); 7] = [
        ("jan@é é.cz", Box::new(EmailAddress::parse("jan@é é.cz").unwrap_err())),
        ("1.1.1", Box::new(CustomerIp::parse("1.1.1").unwrap_err())),
        ("1h 2x", Box::new(Expiry::parse("1h 2x").unwrap_err())),
        ("PRODx", Box::new(resetd_domain::ApiKey::parse("PRODx").unwrap_err())),
        ("no", Box::new(resetd_domain::ResetToken::parse("no").unwrap_err())),
        ("no", Box::new(resetd_domain::RequestId::parse("no").unwrap_err())),
        ("no", Box::new(Scope::parse("no").unwrap_err())),
    ];
    let seen: Vec<(&str, usize, usize)> = errors
        .iter()
        .map(|(input, error)| (error.code(), error.position(), error.utf16_position(input)))
        .collect();
    assert_eq!(
        seen,
        [
            ("folding-white-space", 6, 5),
            ("short-ipv4", 5, 5),
            ("unknown-unit", 4, 4),
            ("wrong-length", 5, 5),
            ("wrong-length", 2, 2),
            ("not-a-uuid", 0, 0),
            ("unknown-word", 0, 0),
        ]
    );
}

fn own_rules() -> ProviderRules {
    let first = ProviderRule::new("First", "a test", ["example.com"]).unwrap().ignoring_dots();
    let second = ProviderRule::new("Second", "a test", ["example.com", "example.net"]).unwrap();
    [first, second.dropping_tags(TagSeparator::Plus)].into_iter().collect()
}

#[test]
fn own_rules_are_laid_over_an_address_that_lost_them() {
    let rules = own_rules();
    for text in ["j.an+x@example.com", "j.an+x@example.net", "j.an+x@gmail.com", "jan@seznam.cz"] {
        let by_rules = EmailAddress::parse_with(text, &rules).unwrap();
        let round_trip = email(by_rules.as_str());
        assert_eq!(round_trip, by_rules, "equality knows nothing of the canonical form");
        assert_eq!(round_trip.with_rules(&rules).unwrap().canonical(), by_rules.canonical());
        let built_in = by_rules.with_rules(ProviderRules::built_in()).unwrap();
        assert_eq!(built_in.canonical(), email(text).canonical());
    }
    let nothing_left = email("+x@example.net").with_rules(&rules).unwrap_err();
    assert_eq!((nothing_left.code(), nothing_left.position()), ("nothing-left-of-tag", 0));
}

#[test]
fn a_list_of_rules_is_asked_from_its_beginning() {
    let rules = own_rules();
    assert_eq!(rules.rule_for("example.com").unwrap().name(), "First");
    assert_eq!(rules.own().map(ProviderRule::name).collect::<Vec<_>>(), ["First", "Second"]);
    let all: Vec<&str> = rules.iter().map(ProviderRule::name).collect();
    assert_eq!(all.get(..3), Some(&["First", "Second", "Gmail"][..]));
    assert_eq!(ProviderRules::countries().count(), 248);
    let outlook = rules.rule_for("hotmail.de").unwrap();
    assert_eq!(outlook.brands().collect::<Vec<_>>(), ["outlook", "hotmail", "live"]);
    assert!(outlook.domains().any(|domain| domain == "msn.com"));
    assert_eq!(rules.rule_for("yahoo.fr").unwrap().except().next(), Some("yahoo.co.jp"));
}

#[test]
fn the_version_of_unicode_is_what_the_tables_know() {
    use icu_properties::{CodePointMapData, props::GeneralCategory};
    let category = |character| CodePointMapData::<GeneralCategory>::new().get(character);
    // U+20C1, the Saudi riyal sign, came with Unicode 17.
    assert_ne!(category('\u{20c1}'), GeneralCategory::Unassigned);
    assert!(resetd_domain::UNICODE_VERSION.split('.').next().unwrap().parse::<u32>().unwrap() >= 17);
    assert_eq!(resetd_domain::RULES_VERSION.len(), "2026-11".len());
}
