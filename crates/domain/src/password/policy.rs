//! The rules a new password has to satisfy.

use core::fmt;

use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory;

use super::{Password, common};

/// The longest password bcrypt reads: what is longer would be cut in silence, so it is refused
/// instead.
const BCRYPT_MAX_BYTES: usize = 72;

/// What an organisation asks of new passwords. The default is the contract's: at least 8
/// characters, an upper-case letter, a lower-case letter, a digit, at most 256 bytes, none of the
/// common passwords. A NUL is refused by every policy. Lengths are those of the normalized
/// password.
///
/// ```
/// use resetd_domain::{Password, PasswordPolicy, PolicyRule};
///
/// let policy = PasswordPolicy::default();
/// assert!(policy.check(&Password::new("Žluťoučký kůň 7".to_owned())).is_ok());
///
/// let violations = policy.check(&Password::new("password".to_owned())).unwrap_err();
/// assert_eq!(
///     violations.rules(),
///     [PolicyRule::UpperCaseMissing, PolicyRule::DigitMissing, PolicyRule::Common]
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PasswordPolicy {
    min_length: usize,
    max_bytes: usize,
    upper_case: bool,
    lower_case: bool,
    digit: bool,
    reject_common: bool,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self {
            min_length: 8,
            max_bytes: 256,
            upper_case: true,
            lower_case: true,
            digit: true,
            reject_common: true,
        }
    }
}

impl PasswordPolicy {
    /// With another minimum, in characters (Unicode scalar values).
    #[must_use]
    pub const fn with_min_length(mut self, characters: usize) -> Self {
        self.min_length = characters;
        self
    }

    /// With another maximum, in bytes of UTF-8. At 72 and under the broken rule is
    /// [`PolicyRule::TooLongForBcrypt`].
    #[must_use]
    pub const fn with_max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// For a hash of the kind bcrypt: 72 bytes at most, or fewer if it was fewer before.
    #[must_use]
    pub const fn for_bcrypt(self) -> Self {
        if self.max_bytes > BCRYPT_MAX_BYTES { self.with_max_bytes(BCRYPT_MAX_BYTES) } else { self }
    }

    /// With or without the need for an upper-case letter of any script.
    #[must_use]
    pub const fn with_upper_case(mut self, required: bool) -> Self {
        self.upper_case = required;
        self
    }

    /// With or without the need for a lower-case letter of any script.
    #[must_use]
    pub const fn with_lower_case(mut self, required: bool) -> Self {
        self.lower_case = required;
        self
    }

    /// With or without the need for a decimal digit of any script.
    #[must_use]
    pub const fn with_digit(mut self, required: bool) -> Self {
        self.digit = required;
        self
    }

    /// With or without the refusal of common passwords.
    #[must_use]
    pub const fn with_reject_common(mut self, reject: bool) -> Self {
        self.reject_common = reject;
        self
    }

    /// The fewest characters.
    #[must_use]
    pub const fn min_length(&self) -> usize {
        self.min_length
    }

    /// The most bytes of UTF-8.
    #[must_use]
    pub const fn max_bytes(&self) -> usize {
        self.max_bytes
    }

    /// Whether an upper-case letter is needed.
    #[must_use]
    pub const fn upper_case(&self) -> bool {
        self.upper_case
    }

    /// Whether a lower-case letter is needed.
    #[must_use]
    pub const fn lower_case(&self) -> bool {
        self.lower_case
    }

    /// Whether a digit is needed.
    #[must_use]
    pub const fn digit(&self) -> bool {
        self.digit
    }

    /// Whether common passwords are refused.
    #[must_use]
    pub const fn reject_common(&self) -> bool {
        self.reject_common
    }

    /// Checks a password against every rule.
    ///
    /// # Errors
    ///
    /// All the rules it breaks, so that the customer hears of them at once.
    pub fn check(&self, password: &Password) -> Result<(), PolicyViolations> {
        let plain = password.expose();
        if plain.len() > self.max_bytes {
            // Nothing else is looked at: the rest of the work grows with the length.
            let max_bytes = self.max_bytes;
            let rule = if max_bytes <= BCRYPT_MAX_BYTES {
                PolicyRule::TooLongForBcrypt { max_bytes }
            } else {
                PolicyRule::TooLong { max_bytes }
            };
            return Err(PolicyViolations(vec![rule]));
        }
        let min_length = self.min_length;
        let rules: Vec<PolicyRule> = [
            (plain.chars().count() < min_length, PolicyRule::TooShort { min_length }),
            (self.upper_case && !plain.chars().any(char::is_uppercase), PolicyRule::UpperCaseMissing),
            (self.lower_case && !plain.chars().any(char::is_lowercase), PolicyRule::LowerCaseMissing),
            (self.digit && !plain.chars().any(is_digit), PolicyRule::DigitMissing),
            (self.reject_common && common::is_common(plain), PolicyRule::Common),
            (plain.contains('\0'), PolicyRule::Nul),
        ]
        .into_iter()
        .filter_map(|(broken, rule)| broken.then_some(rule))
        .collect();
        if rules.is_empty() { Ok(()) } else { Err(PolicyViolations(rules)) }
    }
}

/// A decimal digit of any script (general category Nd): not `½`, not `Ⅷ`.
fn is_digit(character: char) -> bool {
    character.is_ascii_digit()
        || (!character.is_ascii()
            && CodePointMapData::<GeneralCategory>::new().get(character) == GeneralCategory::DecimalNumber)
}

/// A rule of a [`PasswordPolicy`].
///
/// ```
/// use resetd_domain::{Password, PasswordPolicy, PolicyRule};
///
/// let policy = PasswordPolicy::default().with_min_length(12);
/// let violations = policy.check(&Password::new("Kolotoc 7".to_owned())).unwrap_err();
/// assert_eq!(violations.rules(), [PolicyRule::TooShort { min_length: 12 }]);
/// assert_eq!(violations.rules()[0].code(), "too-short");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PolicyRule {
    /// Fewer characters than the minimum.
    TooShort {
        /// The fewest characters allowed.
        min_length: usize,
    },
    /// More bytes than the maximum.
    TooLong {
        /// The most bytes of UTF-8 allowed.
        max_bytes: usize,
    },
    /// More bytes than bcrypt reads.
    TooLongForBcrypt {
        /// The most bytes of UTF-8 allowed, 72 or fewer.
        max_bytes: usize,
    },
    /// No upper-case letter.
    UpperCaseMissing,
    /// No lower-case letter.
    LowerCaseMissing,
    /// No digit.
    DigitMissing,
    /// One of the common passwords.
    Common,
    /// It holds the character NUL, at which many a backend ends a password.
    Nul,
}

impl PolicyRule {
    /// Whether it asks for something, rather than forbidding it.
    const fn is_needed(&self) -> bool {
        matches!(
            self,
            Self::TooShort { .. } | Self::UpperCaseMissing | Self::LowerCaseMissing | Self::DigitMissing
        )
    }

    /// The machine's name of this rule; never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooShort { .. } => "too-short",
            Self::TooLong { .. } => "too-long",
            Self::TooLongForBcrypt { .. } => "too-long-for-bcrypt",
            Self::UpperCaseMissing => "upper-case-missing",
            Self::LowerCaseMissing => "lower-case-missing",
            Self::DigitMissing => "digit-missing",
            Self::Common => "common",
            Self::Nul => "nul",
        }
    }
}

impl fmt::Display for PolicyRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort { min_length } => write!(f, "at least {min_length} characters"),
            Self::TooLong { max_bytes } | Self::TooLongForBcrypt { max_bytes } => {
                write!(f, "must not be longer than {max_bytes} bytes")
            }
            Self::UpperCaseMissing => f.write_str("an upper-case letter"),
            Self::LowerCaseMissing => f.write_str("a lower-case letter"),
            Self::DigitMissing => f.write_str("a digit"),
            Self::Common => f.write_str("must not be one of the most common passwords"),
            Self::Nul => f.write_str("must not contain the character NUL"),
        }
    }
}

/// The rules a password breaks; at least one. The password itself is no part of it.
///
/// ```
/// use resetd_domain::{Password, PasswordPolicy};
///
/// let violations = PasswordPolicy::default().check(&Password::new("kolotoc".to_owned())).unwrap_err();
/// assert_eq!(
///     violations.to_string(),
///     "the password needs at least 8 characters, an upper-case letter and a digit"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("the password {}", clauses(.0))]
pub struct PolicyViolations(Vec<PolicyRule>);

impl PolicyViolations {
    /// The broken rules, in the order of [`PolicyRule`].
    #[must_use]
    pub fn rules(&self) -> &[PolicyRule] {
        &self.0
    }

    /// The machine's name of the first broken rule; never changes.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.first().map_or("policy", PolicyRule::code)
    }
}

/// "needs a digit, and must not be …".
fn clauses(rules: &[PolicyRule]) -> String {
    let (needed, forbidden): (Vec<_>, Vec<_>) = rules.iter().partition(|rule| rule.is_needed());
    let needed: Vec<String> = needed.into_iter().map(ToString::to_string).collect();
    let needs = match needed.split_last() {
        None => None,
        Some((only, [])) => Some(format!("needs {only}")),
        Some((last, others)) => Some(format!("needs {} and {last}", others.join(", "))),
    };
    let all: Vec<String> = needs.into_iter().chain(forbidden.iter().map(ToString::to_string)).collect();
    all.join(", and ")
}

impl<'a> IntoIterator for &'a PolicyViolations {
    type Item = &'a PolicyRule;
    type IntoIter = core::slice::Iter<'a, PolicyRule>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
