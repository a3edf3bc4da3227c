//! Where `humantime` and `std::net` decide otherwise than `Expiry` and `CustomerIp`, and why ours
//! is right. Every disagreement over all tables and over random texts has to fall into one of the
//! lists, and each of these has to occur.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use resetd_domain::{CustomerIp, Expiry};

use crate::{expiry, ip};

/// The kind, which of the two takes the text, an example, and why ours is right.
const HUMANTIME: &[(&str, &str, &str, &str)] = &[
    ("iso-8601", "ours", "PT3H20M", "The specification takes both notations."),
    ("case", "ours", "3H 20M", "The specification: case-insensitive. For humantime a capital M is months."),
    (
        "order",
        "theirs",
        "20m 3h",
        "The specification: largest first. What is out of order is more likely a mistake.",
    ),
    (
        "repeated",
        "theirs",
        "1h 1h",
        "The specification: each unit once. What comes twice is more likely a mistake.",
    ),
    (
        "months-and-years",
        "theirs",
        "1month",
        "They have no fixed length: humantime makes them 30.44 and 365.25 days.",
    ),
    (
        "other-units",
        "theirs",
        "1000ms",
        "A link does not live for milliseconds or less; `wk` and `wks` are not in specification.md#expiry.",
    ),
    ("range", "theirs", "8d", "The specification: from 1 minute to 7 days."),
    (
        "white-space",
        "theirs",
        "3h\\t20m",
        "Contract 4 says spaces; a tab or a line break comes from a broken template.",
    ),
    ("fraction", "theirs", "1.5h", "The specification: whole numbers."),
    ("bare-zero", "theirs", "0", "The specification: no bare numbers, and no expiry of zero."),
];

fn humantime_disagreement(text: &str) -> Option<&'static str> {
    let ours = Expiry::parse(text);
    let theirs = humantime::parse_duration(text);
    match (&ours, &theirs) {
        (Err(_), Err(_)) => None,
        (Ok(ours), Ok(theirs)) if ours.as_duration() == *theirs => None,
        (Ok(_), _) if text.trim_start_matches(' ').starts_with(['P', 'p']) => Some("iso-8601"),
        (Ok(_), _) if text.bytes().any(|byte| byte.is_ascii_uppercase()) => Some("case"),
        (Err(error), Ok(_)) => Some(match error.code() {
            "out-of-order" => "order",
            "repeated-unit" => "repeated",
            "months" | "years" => "months-and-years",
            "unknown-unit" => "other-units",
            "zero" | "too-short" | "too-long" => "range",
            "unexpected-character" | "not-ascii"
                if text.contains(|character: char| character.is_whitespace()) =>
            {
                "white-space"
            }
            "fraction" => "fraction",
            "missing-unit" => "bare-zero",
            code => panic!("{code}: {text:?}"),
        }),
        other => panic!("{text:?}: {other:?}"),
    }
}

#[test]
fn every_disagreement_with_humantime_is_known_and_occurs() {
    let mut runner = TestRunner::deterministic();
    let strategy = "( ?[0-9]{1,6} ?(s|sec|second|seconds|m|M|min|minute|h|hr|hours|H|d|day|w|week|y|month|ms|us|wk)){1,3}|\\PC{0,8}";
    let random = (0..20_000).map(|_| strategy.new_tree(&mut runner).unwrap().current());
    let tables = expiry::ACCEPTED.iter().map(|row| row.0).chain(expiry::REFUSED.iter().map(|row| row.0));
    let seen: BTreeSet<&str> =
        tables.map(str::to_owned).chain(random).filter_map(|text| humantime_disagreement(&text)).collect();
    assert_eq!(seen, HUMANTIME.iter().map(|row| row.0).collect());
}

/// The kind, which of the two takes the text, an example, and why ours is right.
const STD_NET: &[(&str, &str, &str, &str)] = &[
    ("localhost", "ours", "localhost", "The specification: it is 127.0.0.1, and so is the empty string."),
    ("spaces", "ours", " 1.1.1.1 ", "The specification: spaces at the edges are trimmed."),
    (
        "loopback",
        "both, with different results",
        "::1",
        "The specification: one spelling for this machine, 127.0.0.1.",
    ),
    (
        "unspecified",
        "both, with different results",
        "0.0.0.0",
        "The specification: what proxies send for this machine.",
    ),
    (
        "mapped",
        "both, with different results",
        "::ffff:1.1.1.1",
        "The specification: one spelling per address (RFC 4291 2.5.5.2).",
    ),
];

fn std_disagreement(text: &str) -> Option<&'static str> {
    match (CustomerIp::parse(text), text.parse::<IpAddr>()) {
        (Err(_), Err(_)) => None,
        (Ok(ours), Ok(theirs)) if ours.addr() == theirs => {
            // The output is std's as well: RFC 5952.
            assert_eq!(ours.to_string(), theirs.to_string());
            None
        }
        (Ok(ours), Err(_)) if ours == CustomerIp::LOCALHOST && !text.contains(['1', ':', '.']) => {
            Some("localhost")
        }
        (Ok(ours), Err(_)) => {
            assert_eq!(CustomerIp::parse(text.trim_matches(' ')), Ok(ours), "{text:?}");
            assert_ne!(text.trim_matches(' '), text);
            Some("spaces")
        }
        (Ok(ours), Ok(IpAddr::V6(theirs))) if theirs.to_ipv4_mapped().is_some() => {
            let inner = theirs.to_ipv4_mapped().unwrap();
            assert_eq!(ours, CustomerIp::from(inner), "{text:?}");
            Some("mapped")
        }
        (Ok(CustomerIp::LOCALHOST), Ok(IpAddr::V6(Ipv6Addr::LOCALHOST))) => Some("loopback"),
        (Ok(CustomerIp::LOCALHOST), Ok(IpAddr::V4(Ipv4Addr::UNSPECIFIED))) => Some("unspecified"),
        other => panic!("{text:?}: {other:?}"),
    }
}

#[test]
fn every_disagreement_with_std_is_known_and_occurs() {
    let mut runner = TestRunner::deterministic();
    let strategy = "[0-9]{1,3}(\\.[0-9]{1,3}){2,4}|([0-9a-f]{0,4}:){1,8}[0-9a-f.]{0,7}|[0-9a-fx:./%]{0,20}";
    let random = (0..20_000).map(|_| strategy.new_tree(&mut runner).unwrap().current());
    let tables = ip::ACCEPTED.iter().map(|row| row.0).chain(ip::REFUSED.iter().map(|row| row.0));
    let seen: BTreeSet<&str> =
        tables.map(str::to_owned).chain(random).filter_map(|text| std_disagreement(&text)).collect();
    assert_eq!(seen, STD_NET.iter().map(|row| row.0).collect());
}
