//! Expiries: specification.md#expiry, case by case.

use resetd_domain::{Expiry, ExpiryError};

/// Input, seconds, source.
pub(crate) const ACCEPTED: &[(&str, u32, &str)] = &[
    ("3h 20m", 12_000, "specification.md#reset-requests"),
    ("3h20m", 12_000, "spaces optional"),
    ("3 h 20 m", 12_000, "spaces optional"),
    ("3  h   20    m", 12_000, "spaces optional"),
    (" 3h 20m ", 12_000, "spaces at the edges"),
    ("   1h", 3_600, "spaces at the edges"),
    ("1h   ", 3_600, "spaces at the edges"),
    ("3H 20M", 12_000, "case-insensitive"),
    ("3Hours 20Minutes", 12_000, "case-insensitive"),
    ("3hOuRs20mInUtEs", 12_000, "case-insensitive"),
    // Every spelling of every unit.
    ("60s", 60, "s"),
    ("60 s", 60, "s"),
    ("60sec", 60, "sec"),
    ("60 sec", 60, "sec"),
    ("60secs", 60, "secs"),
    ("60second", 60, "second(s)"),
    ("60 seconds", 60, "second(s)"),
    ("5m", 300, "m"),
    ("5min", 300, "min"),
    ("5mins", 300, "mins"),
    ("5minute", 300, "minute(s)"),
    ("5 minutes", 300, "minute(s)"),
    ("1 minutes", 60, "the plural says nothing"),
    ("2h", 7_200, "h"),
    ("2hr", 7_200, "hr"),
    ("2hrs", 7_200, "hrs"),
    ("2hour", 7_200, "hour(s)"),
    ("2 hours", 7_200, "hour(s)"),
    ("1d", 86_400, "d"),
    ("1day", 86_400, "day(s)"),
    ("2 days", 172_800, "day(s)"),
    ("1w", 604_800, "w"),
    ("1week", 604_800, "week(s)"),
    ("1 weeks", 604_800, "week(s)"),
    // All units at once, largest first.
    ("1d 2h 3m 4s", 93_784, "largest first"),
    ("1d2h3m4s", 93_784, "largest first"),
    ("0w 1d 2h 3m 4s", 93_784, "a zero part"),
    ("1d 4s", 86_404, "units may be left out"),
    ("6d 23h 59m 60s", 604_800, "the sum is the ceiling"),
    // Decided: zero parts, oversized parts, leading zeros.
    ("0h 5m", 300, "a zero part"),
    ("5m 0s", 300, "a zero part"),
    ("1h 0m 0s", 3_600, "a zero part"),
    ("1h 90m", 9_000, "an oversized part"),
    ("90m", 5_400, "an oversized part"),
    ("90 minutes", 5_400, "an oversized part"),
    ("168h", 604_800, "an oversized part"),
    ("10080m", 604_800, "an oversized part"),
    ("604800s", 604_800, "an oversized part"),
    ("1h 3600s", 7_200, "an oversized part"),
    ("01h", 3_600, "leading zeros"),
    ("001h 005m", 3_900, "leading zeros"),
    ("0000000000000000000000000000000000001h", 3_600, "leading zeros, however many"),
    // The edges.
    ("1m", 60, "from 1 minute"),
    ("61s", 61, "from 1 minute"),
    ("0m 60s", 60, "from 1 minute"),
    ("7d", 604_800, "to 7 days"),
    ("1w 0s", 604_800, "to 7 days"),
    // ISO 8601-1:2019, section 5.5.2.
    ("PT3H20M", 12_000, "specification.md#expiry"),
    ("P1D", 86_400, "specification.md#expiry"),
    ("pt3h20m", 12_000, "letters in either case"),
    ("p1d", 86_400, "letters in either case"),
    ("Pt1H", 3_600, "letters in either case"),
    ("PT1h30M", 5_400, "letters in either case"),
    ("PT1M", 60, "ISO 8601-1 5.5.2"),
    ("PT60S", 60, "ISO 8601-1 5.5.2"),
    ("PT90S", 90, "ISO 8601-1 5.5.2: an oversized part"),
    ("PT1H", 3_600, "ISO 8601-1 5.5.2"),
    ("PT24H", 86_400, "ISO 8601-1 5.5.2"),
    ("PT168H", 604_800, "ISO 8601-1 5.5.2"),
    ("P1DT2H3M4S", 93_784, "ISO 8601-1 5.5.2"),
    ("P1DT4S", 86_404, "ISO 8601-1 5.5.2: parts may be left out"),
    ("P7D", 604_800, "ISO 8601-1 5.5.2"),
    ("P1W", 604_800, "ISO 8601-1 5.5.2"),
    ("P0DT1H", 3_600, "a zero part"),
    ("P0W1D", 86_400, "ISO 8601-2 4.4: weeks beside other parts"),
    ("P01DT02H", 93_600, "leading zeros"),
    ("  PT1H  ", 3_600, "spaces at the edges"),
];

/// Input, code of the error, its position, source.
pub(crate) const REFUSED: &[(&str, &str, usize, &str)] = &[
    ("", "empty", 0, "the caller's business"),
    ("   ", "empty", 0, "the caller's business"),
    // Zero, sign, range.
    ("0", "missing-unit", 1, "a bare number"),
    ("0s", "zero", 0, "zero"),
    ("0m", "zero", 0, "zero"),
    ("0h 0m 0s", "zero", 0, "zero"),
    ("  0d", "zero", 2, "zero"),
    ("PT0S", "zero", 0, "zero"),
    ("P0D", "zero", 0, "zero"),
    ("000w", "zero", 0, "zero"),
    ("1s", "too-short", 0, "from 1 minute"),
    ("59s", "too-short", 0, "from 1 minute"),
    ("0m 59s", "too-short", 0, "from 1 minute"),
    ("PT59S", "too-short", 0, "from 1 minute"),
    ("  59s", "too-short", 2, "from 1 minute"),
    ("8d", "too-long", 0, "to 7 days"),
    ("7d 1s", "too-long", 0, "to 7 days"),
    ("1w 1s", "too-long", 0, "to 7 days"),
    ("2w", "too-long", 0, "to 7 days"),
    ("169h", "too-long", 0, "to 7 days"),
    ("604801s", "too-long", 0, "to 7 days"),
    ("P8D", "too-long", 0, "to 7 days"),
    ("P1WT1S", "too-long", 0, "to 7 days"),
    ("PT169H", "too-long", 0, "to 7 days"),
    ("4294967356s", "too-long", 0, "2^32 + 60 does not wrap"),
    ("4294967295h", "too-long", 0, "no wrap"),
    ("18446744073709551615s", "too-long", 0, "u64::MAX"),
    ("18446744073709551616s", "overflow", 0, "2^64"),
    ("18446744073709551676s", "overflow", 0, "2^64 + 60 does not wrap"),
    ("99999999999999999999999999h", "overflow", 0, "overflow"),
    ("1h 99999999999999999999999999m", "overflow", 3, "overflow"),
    ("18446744073709551615w", "overflow", 0, "the product"),
    ("5124095576030431h 18446744073709551615s", "overflow", 18, "the sum"),
    ("PT99999999999999999999S", "overflow", 2, "overflow"),
    ("P18446744073709551615D", "overflow", 1, "the product"),
    ("-1h", "signed", 0, "signed"),
    ("+1h", "signed", 0, "signed"),
    ("1h -20m", "signed", 3, "signed"),
    ("1h-20m", "signed", 2, "signed"),
    ("1-h", "signed", 1, "signed"),
    ("-0h", "signed", 0, "signed"),
    ("-PT1H", "signed", 0, "specification.md#expiry; ISO 8601-2 4.4.1.9"),
    ("+PT1H", "signed", 0, "specification.md#expiry; ISO 8601-2 4.4.1.9"),
    ("PT-1H", "signed", 2, "signed"),
    ("P-1D", "signed", 1, "signed"),
    // Bare numbers.
    ("60", "missing-unit", 2, "a bare number"),
    ("3600", "missing-unit", 4, "a bare number"),
    ("60 ", "missing-unit", 3, "a bare number"),
    ("3h 20", "missing-unit", 5, "a bare number"),
    ("3h20", "missing-unit", 4, "a bare number"),
    ("3 20m", "missing-unit", 2, "a bare number"),
    ("PT20", "missing-unit", 4, "ISO 8601-1 5.5.2"),
    ("P1", "missing-unit", 2, "ISO 8601-1 5.5.2"),
    ("99999999999999999999", "overflow", 0, "overflow comes first from the left"),
    // A number is missing.
    ("h", "missing-number", 0, "specification.md#expiry"),
    ("hours", "missing-number", 0, "specification.md#expiry"),
    ("3h m", "missing-number", 3, "specification.md#expiry"),
    ("an hour", "missing-number", 0, "specification.md#expiry"),
    ("one hour", "missing-number", 0, "specification.md#expiry"),
    ("h3", "missing-number", 0, "specification.md#expiry"),
    ("3h 20m x", "missing-number", 7, "specification.md#expiry"),
    ("3h ago", "missing-number", 3, "specification.md#expiry"),
    ("3h 20m P", "missing-number", 7, "the notations do not mix"),
    ("P", "missing-number", 1, "ISO 8601-1 5.5.2"),
    ("p", "missing-number", 1, "ISO 8601-1 5.5.2"),
    ("PT", "missing-number", 2, "ISO 8601-1 5.5.2"),
    ("P1DT", "missing-number", 4, "ISO 8601-1 5.5.2: T before nothing"),
    ("PD", "missing-number", 1, "ISO 8601-1 5.5.2"),
    ("PTH", "missing-number", 2, "ISO 8601-1 5.5.2"),
    ("PT1HT1M", "missing-number", 4, "ISO 8601-1 5.5.2: a second T"),
    ("PTT1H", "missing-number", 2, "ISO 8601-1 5.5.2: a second T"),
    // Fractions.
    ("1.5h", "fraction", 1, "fractions"),
    ("0.5h", "fraction", 1, "fractions"),
    (".5h", "fraction", 0, "fractions"),
    ("1.h", "fraction", 1, "fractions"),
    ("1h 1.5m", "fraction", 4, "fractions"),
    ("1.0h", "fraction", 1, "fractions"),
    ("PT1.5H", "fraction", 3, "specification.md#expiry; ISO 8601-1 5.5.2 would take it"),
    ("P0.5D", "fraction", 2, "specification.md#expiry; ISO 8601-1 5.5.2 would take it"),
    ("1/2h", "unexpected-character", 1, "fractions"),
    ("1e3s", "unknown-unit", 1, "no exponents"),
    ("0x10m", "unknown-unit", 1, "no hexadecimal numbers"),
    ("1_000s", "unexpected-character", 1, "whole numbers"),
    // Months and years.
    ("1month", "months", 1, "months"),
    ("2 months", "months", 2, "months"),
    ("1mo", "months", 1, "months"),
    ("1y", "years", 1, "years"),
    ("1 year", "years", 2, "years"),
    ("2 years 1d", "years", 2, "years"),
    ("1yr", "years", 1, "years"),
    ("P1M", "months", 2, "months"),
    ("P1Y", "years", 2, "years"),
    ("P1Y2M3DT4H", "years", 2, "years"),
    ("P0Y1D", "years", 2, "years, even none"),
    ("p1m", "months", 2, "months"),
    // Unknown units.
    ("1ms", "unknown-unit", 1, "specification.md#expiry lists the units"),
    ("1000ms", "unknown-unit", 4, "specification.md#expiry lists the units"),
    ("1us", "unknown-unit", 1, "specification.md#expiry lists the units"),
    ("1ns", "unknown-unit", 1, "specification.md#expiry lists the units"),
    ("1wk", "unknown-unit", 1, "specification.md#expiry lists the units"),
    ("1 fortnight", "unknown-unit", 2, "specification.md#expiry lists the units"),
    ("1hh", "unknown-unit", 1, "specification.md#expiry lists the units"),
    ("1hm", "unknown-unit", 1, "specification.md#expiry lists the units"),
    ("1minutess", "unknown-unit", 1, "specification.md#expiry lists the units"),
    ("1secondss", "unknown-unit", 1, "specification.md#expiry lists the units"),
    ("1hourminute", "unknown-unit", 1, "specification.md#expiry lists the units"),
    ("1T", "unknown-unit", 1, "specification.md#expiry lists the units"),
    ("1P", "unknown-unit", 1, "specification.md#expiry lists the units"),
    ("PT1D", "unknown-unit", 3, "ISO 8601-1 5.5.2: days come before T"),
    ("P1H", "unknown-unit", 2, "ISO 8601-1 5.5.2: hours come after T"),
    ("P1S", "unknown-unit", 2, "ISO 8601-1 5.5.2: seconds come after T"),
    ("PT1W", "unknown-unit", 3, "ISO 8601-1 5.5.2: weeks come before T"),
    ("PT1Hour", "missing-number", 4, "the notations do not mix"),
    // Repeated, out of order.
    ("1h 1h", "repeated-unit", 3, "each unit once"),
    ("1h 2hours", "repeated-unit", 3, "each unit once"),
    ("1m 1min", "repeated-unit", 3, "each unit once"),
    ("0h 0h", "repeated-unit", 3, "each unit once"),
    ("1d 1h 1h", "repeated-unit", 6, "each unit once"),
    ("PT1H1H", "repeated-unit", 4, "each unit once"),
    ("P1D1D", "repeated-unit", 3, "each unit once"),
    ("20m 3h", "out-of-order", 4, "largest first"),
    ("1s 1m", "out-of-order", 3, "largest first"),
    ("1h 1d", "out-of-order", 3, "largest first"),
    ("1d 1w", "out-of-order", 3, "largest first"),
    ("1h 1m 1h", "out-of-order", 6, "largest first"),
    ("PT20M3H", "out-of-order", 5, "largest first"),
    ("PT1S1M", "out-of-order", 4, "largest first"),
    ("P1D1W", "out-of-order", 3, "largest first"),
    // Commas and "and".
    ("3h, 20m", "comma", 2, "commas"),
    ("3h,20m", "comma", 2, "commas"),
    ("1,5h", "comma", 1, "commas"),
    (",1h", "comma", 0, "commas"),
    ("1h,", "comma", 2, "commas"),
    ("1,000s", "comma", 1, "commas"),
    ("PT1,5H", "comma", 3, "commas"),
    ("3h and 20m", "and", 3, "\"and\""),
    ("3h AND 20m", "and", 3, "\"and\""),
    ("3h and", "and", 3, "\"and\""),
    ("and 3h", "and", 0, "\"and\""),
    ("3 and 20m", "and", 2, "\"and\""),
    ("3h & 20m", "unexpected-character", 3, "specification.md#expiry"),
    // Other characters.
    ("3h;20m", "unexpected-character", 2, "specification.md#expiry"),
    ("3:20", "unexpected-character", 1, "no clock times"),
    ("03:20:00", "unexpected-character", 2, "no clock times"),
    ("3h\t20m", "unexpected-character", 2, "spaces"),
    ("3h\n", "unexpected-character", 2, "spaces"),
    ("\t3h", "unexpected-character", 0, "spaces"),
    ("3\0h", "unexpected-character", 1, "specification.md#expiry"),
    ("\"3h\"", "unexpected-character", 0, "specification.md#expiry"),
    ("3h.", "unexpected-character", 2, "specification.md#expiry"),
    ("~3h", "unexpected-character", 0, "specification.md#expiry"),
    ("PT1H 1M", "unexpected-character", 5, "ISO 8601-1 3.2.6: no spaces"),
    ("P T1H", "unexpected-character", 1, "ISO 8601-1 3.2.6: no spaces"),
    ("PT1 H", "unexpected-character", 3, "ISO 8601-1 3.2.6: no spaces"),
    ("P1D/P2D", "unexpected-character", 3, "ISO 8601-1 5.5.2: an interval"),
    ("P0000-00-01T00:00:00", "signed", 5, "ISO 8601-1 5.5.2.4: the alternative form is not taken"),
    // Anything that is not ASCII.
    ("３h", "not-ascii", 0, "full-width digits"),
    ("3\u{a0}h", "not-ascii", 1, "no-break space"),
    ("3h\u{a0}20m", "not-ascii", 2, "no-break space"),
    ("٣h", "not-ascii", 0, "Arabic digits"),
    ("½h", "not-ascii", 0, "specification.md#expiry"),
    ("3 hodíny", "unknown-unit", 2, "the letters before it are no unit"),
    ("3ｈ", "not-ascii", 1, "full-width letters"),
    ("−3h", "not-ascii", 0, "U+2212"),
    ("3h\u{200b}", "not-ascii", 2, "zero-width space"),
    ("\u{feff}3h", "not-ascii", 0, "a byte order mark"),
    ("3h 20\u{43c}", "not-ascii", 5, "Cyrillic"),
    ("5\u{212a}", "not-ascii", 1, "the Kelvin sign"),
    ("60\u{17f}", "not-ascii", 2, "the long s is no s"),
    ("PT1H\u{a0}", "not-ascii", 4, "specification.md#expiry"),
    ("Р1D", "not-ascii", 0, "Cyrillic"),
];

#[test]
fn accepted_expiries() {
    for (input, seconds, source) in ACCEPTED {
        assert_eq!(Expiry::parse(input).map(Expiry::as_seconds), Ok(*seconds), "{input:?} ({source})");
    }
}

#[test]
fn refused_expiries() {
    for (input, code, position, source) in REFUSED {
        match Expiry::parse(input) {
            Ok(expiry) => panic!("{input:?} is taken as {expiry} ({source})"),
            Err(error) => assert_eq!(
                (error.code(), error.position()),
                (*code, *position),
                "{input:?}: {error} ({source})"
            ),
        }
    }
}

#[test]
fn printed_in_the_contracts_words() {
    for (seconds, text, iso) in [
        (60, "1m", "PT1M"),
        (61, "1m 1s", "PT1M1S"),
        (3_600, "1h", "PT1H"),
        (12_000, "3h 20m", "PT3H20M"),
        (86_399, "23h 59m 59s", "PT23H59M59S"),
        (86_400, "1d", "P1D"),
        (86_401, "1d 1s", "P1DT1S"),
        (93_784, "1d 2h 3m 4s", "P1DT2H3M4S"),
        (604_799, "6d 23h 59m 59s", "P6DT23H59M59S"),
        (604_800, "1w", "P7D"),
    ] {
        let expiry = Expiry::from_seconds(seconds).unwrap();
        assert_eq!((expiry.to_string().as_str(), expiry.to_iso8601().to_string().as_str()), (text, iso));
    }
}

#[test]
fn every_expiry_there_is_round_trips() {
    for seconds in 60..=604_800 {
        let expiry = Expiry::from_seconds(seconds).unwrap();
        assert_eq!(Expiry::parse(&expiry.to_string()), Ok(expiry));
        assert_eq!(Expiry::parse(&expiry.to_iso8601().to_string()), Ok(expiry));
    }
}

#[test]
fn numbers_and_durations() {
    use core::time::Duration;

    assert_eq!(Expiry::from_seconds(0), Err(ExpiryError::Zero { position: 0 }));
    assert_eq!(Expiry::from_seconds(59), Err(ExpiryError::TooShort { position: 0, floor: Expiry::MIN }));
    assert_eq!(
        Expiry::from_seconds(604_801),
        Err(ExpiryError::TooLong { position: 0, ceiling: Expiry::MAX })
    );
    assert_eq!(
        Expiry::from_seconds(u64::MAX),
        Err(ExpiryError::TooLong { position: 0, ceiling: Expiry::MAX })
    );
    assert_eq!(Expiry::try_from(Duration::from_millis(60_900)), Ok(Expiry::MIN));
    assert_eq!(Duration::from(Expiry::MAX), Duration::from_secs(604_800));
    assert_eq!(Expiry::DEFAULT.as_time_delta().num_minutes(), 60);
    let accepted = chrono::DateTime::UNIX_EPOCH;
    assert_eq!(Expiry::DEFAULT.deadline(accepted).timestamp(), 3_600);
    assert_eq!(
        Expiry::MAX.deadline(chrono::DateTime::<chrono::Utc>::MAX_UTC),
        chrono::DateTime::<chrono::Utc>::MAX_UTC
    );
}

#[test]
fn errors_are_values_and_teach() {
    let error = Expiry::parse("1h and 20m").unwrap_err();
    assert_eq!(error, ExpiryError::And { position: 3 });
    assert_eq!(
        error.to_string(),
        "the word `and` at byte 3: expected the parts with a space between them or none, such as `3h 20m`"
    );
    assert_eq!(Expiry::parse("8d").unwrap_err().to_string(), "the expiry is too long: expected 1w or less");
    assert_eq!(Expiry::parse("３h").unwrap_err(), ExpiryError::NotAscii { position: 0, character: '３' });
}
