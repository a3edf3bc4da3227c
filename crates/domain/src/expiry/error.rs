//! What is wrong with an expiry, where, and what was expected instead.

use thiserror::Error;

use super::Expiry;
use crate::macros::error_codes;

/// Why a text is no expiry. Positions are bytes of the text as given.
///
/// ```
/// use resetd_domain::{Expiry, ExpiryError};
///
/// let error = Expiry::parse("1h 30").unwrap_err();
/// assert_eq!(error, ExpiryError::MissingUnit { position: 5 });
/// assert_eq!((error.code(), error.position()), ("missing-unit", 5));
/// assert!(ExpiryError::CODES.contains(&"missing-unit"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum ExpiryError {
    /// Nothing, or spaces alone.
    #[error("the expiry is empty: expected whole numbers with units such as `3h 20m`")]
    Empty,
    /// `0m`, `0h 0s`, `PT0S`.
    #[error("the expiry is zero: expected one minute or more, such as `1m`")]
    Zero {
        /// The byte where the expiry begins.
        position: usize,
    },
    /// Well-formed, and under the floor.
    #[error("the expiry is too short: expected {floor} or more")]
    TooShort {
        /// The byte where the expiry begins.
        position: usize,
        /// The shortest that is allowed.
        floor: Expiry,
    },
    /// Well-formed, and over the ceiling.
    #[error("the expiry is too long: expected {ceiling} or less")]
    TooLong {
        /// The byte where the expiry begins.
        position: usize,
        /// The longest that is allowed.
        ceiling: Expiry,
    },
    /// A number, or the sum, that no counter holds.
    #[error("the number at byte {position} is too large: an expiry is at most seven days")]
    Overflow {
        /// The byte where the number begins.
        position: usize,
    },
    /// `+1h`, `-1h`.
    #[error("a sign at byte {position}: expected a whole number without `+` or `-`, such as `3h`")]
    Signed {
        /// The byte of the sign.
        position: usize,
    },
    /// `1.5h`.
    #[error("a fraction at byte {position}: expected whole numbers such as `1h 30m`, not `1.5h`")]
    Fraction {
        /// The byte of the decimal point.
        position: usize,
    },
    /// `1h,20m`, `1,5h`.
    #[error(
        "a comma at byte {position}: expected the parts with a space between them or none, such as `3h 20m`"
    )]
    Comma {
        /// The byte of the comma.
        position: usize,
    },
    /// `1h and 20m`.
    #[error(
        "the word `and` at byte {position}: expected the parts with a space between them or none, such as `3h 20m`"
    )]
    And {
        /// The byte where the word begins.
        position: usize,
    },
    /// `90`, `3h 20`.
    #[error("a number without a unit, at byte {position} there should be one of `w`, `d`, `h`, `m`, `s`")]
    MissingUnit {
        /// The byte where the unit was expected.
        position: usize,
    },
    /// `h`, `3h m`, `P`, `PT`.
    #[error("a number is missing at byte {position}: expected a whole number and its unit, such as `20m`")]
    MissingNumber {
        /// The byte where the number was expected.
        position: usize,
    },
    /// `3 fortnights`.
    #[error("an unknown unit at byte {position}: expected one of `w`, `d`, `h`, `m`, `s` or their names")]
    UnknownUnit {
        /// The byte where the unit begins.
        position: usize,
    },
    /// `1 month`, `P1M`.
    #[error(
        "months at byte {position} have no fixed length, and an expiry is at most seven days: expected `w`, `d`, `h`, `m` or `s`"
    )]
    Months {
        /// The byte where the unit begins.
        position: usize,
    },
    /// `1 year`, `P1Y`.
    #[error(
        "years at byte {position} have no fixed length, and an expiry is at most seven days: expected `w`, `d`, `h`, `m` or `s`"
    )]
    Years {
        /// The byte where the unit begins.
        position: usize,
    },
    /// `1h 2h`, `PT1H1H`.
    #[error("a unit again at byte {position}: expected each unit at most once")]
    RepeatedUnit {
        /// The byte where the part begins that repeats.
        position: usize,
    },
    /// `20m 3h`, `PT20M3H`.
    #[error(
        "a larger unit after a smaller one at byte {position}: expected the largest first, such as `3h 20m`"
    )]
    OutOfOrder {
        /// The byte where the part begins that comes too late.
        position: usize,
    },
    /// Anything that is not ASCII, look-alike digits and spaces included.
    #[error(
        "{character:?} at byte {position} is not ASCII: expected plain digits and letters such as `3h 20m`"
    )]
    NotAscii {
        /// The byte where the character begins.
        position: usize,
        /// The character.
        character: char,
    },
    /// Anything else that has no meaning here.
    #[error(
        "unexpected {character:?} at byte {position}: expected whole numbers with units such as `3h 20m`"
    )]
    UnexpectedCharacter {
        /// The byte of the character.
        position: usize,
        /// The character.
        character: char,
    },
}

error_codes! {
    ExpiryError {
        Empty => "empty",
        Zero => "zero",
        TooShort => "too-short",
        TooLong => "too-long",
        Overflow => "overflow",
        Signed => "signed",
        Fraction => "fraction",
        Comma => "comma",
        And => "and",
        MissingUnit => "missing-unit",
        MissingNumber => "missing-number",
        UnknownUnit => "unknown-unit",
        Months => "months",
        Years => "years",
        RepeatedUnit => "repeated-unit",
        OutOfOrder => "out-of-order",
        NotAscii => "not-ascii",
        UnexpectedCharacter => "unexpected-character",
    }
}

impl ExpiryError {
    /// The byte of the input where the error lies; the beginning where the error is the value as a
    /// whole.
    #[must_use]
    pub const fn position(&self) -> usize {
        match *self {
            Self::Empty => 0,
            Self::Zero { position }
            | Self::TooShort { position, .. }
            | Self::TooLong { position, .. }
            | Self::Overflow { position }
            | Self::Signed { position }
            | Self::Fraction { position }
            | Self::Comma { position }
            | Self::And { position }
            | Self::MissingUnit { position }
            | Self::MissingNumber { position }
            | Self::UnknownUnit { position }
            | Self::Months { position }
            | Self::Years { position }
            | Self::RepeatedUnit { position }
            | Self::OutOfOrder { position }
            | Self::NotAscii { position, .. }
            | Self::UnexpectedCharacter { position, .. } => position,
        }
    }
}
