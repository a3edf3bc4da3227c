//! The language of a mail and of the page its link opens.

use core::fmt;

use thiserror::Error;

use crate::macros::{deserialize_impl, parse_impls, serialize_impl, str_impls};

const MAX_LENGTH: usize = 8;

/// A language: the primary subtag of a BCP 47 tag (RFC 5646, section 2.2.1) in lower case, two to
/// eight letters.
///
/// Region, script and whatever else follows are read and dropped: mails exist per language, and
/// `cs-CZ` asks for the same mail as `cs`.
///
/// ```
/// use resetd_domain::Language;
///
/// assert_eq!(Language::parse("cs-CZ"), Ok(Language::CS));
/// assert_eq!(Language::parse("PL")?.as_str(), "pl");
/// # Ok::<(), resetd_domain::LanguageError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language {
    // Padded with zeros, which sort before every letter.
    letters: [u8; MAX_LENGTH],
}

impl Language {
    /// Czech.
    pub const CS: Self = Self::two(*b"cs");
    /// English.
    pub const EN: Self = Self::two(*b"en");
    /// Slovak.
    pub const SK: Self = Self::two(*b"sk");
    /// Polish.
    pub const PL: Self = Self::two(*b"pl");
    /// German.
    pub const DE: Self = Self::two(*b"de");

    /// The languages whose templates come with resetd.
    pub const BUILT_IN: [Self; 5] = [Self::CS, Self::EN, Self::SK, Self::PL, Self::DE];

    const fn two([first, second]: [u8; 2]) -> Self {
        Self { letters: [first, second, 0, 0, 0, 0, 0, 0] }
    }

    /// Reads a language tag such as `cs`, `cs-CZ`, `cs_CZ` or `zh-Hant-TW`.
    ///
    /// # Errors
    ///
    /// A first part that is not two to eight ASCII letters, or a later one that is not one to eight
    /// ASCII letters and digits.
    pub fn parse(tag: &str) -> Result<Self, LanguageError> {
        let mut position = 0;
        let mut language = None;
        for subtag in tag.split(['-', '_']) {
            match language {
                None => language = Some(Self::primary(subtag).ok_or(LanguageError { position })?),
                Some(_) => {
                    let fine = (1..=MAX_LENGTH).contains(&subtag.len())
                        && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric());
                    if !fine {
                        return Err(LanguageError { position });
                    }
                }
            }
            position += subtag.len() + 1;
        }
        language.ok_or(LanguageError { position: 0 })
    }

    fn primary(subtag: &str) -> Option<Self> {
        if !(2..=MAX_LENGTH).contains(&subtag.len()) {
            return None;
        }
        let mut letters = [0; MAX_LENGTH];
        for (letter, byte) in letters.iter_mut().zip(subtag.bytes()) {
            if !byte.is_ascii_alphabetic() {
                return None;
            }
            *letter = byte.to_ascii_lowercase();
        }
        Some(Self { letters })
    }

    /// The language in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let length = self.letters.iter().position(|letter| *letter == 0).unwrap_or(MAX_LENGTH);
        // Only ASCII letters get in.
        self.letters.get(..length).and_then(|letters| core::str::from_utf8(letters).ok()).unwrap_or_default()
    }

    /// Whether resetd brings templates in this language.
    #[must_use]
    pub fn is_built_in(&self) -> bool {
        Self::BUILT_IN.contains(self)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Language({})", self.as_str())
    }
}

str_impls!(Language);
parse_impls!(Language, LanguageError);
serialize_impl!(Language);
deserialize_impl!(Language, "a language tag");

/// Why a text is no language.
///
/// ```
/// use resetd_domain::Language;
///
/// assert_eq!(Language::parse("cs-").unwrap_err().position(), 3);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[error(
    "not a language tag at byte {position}: expected two to eight letters such as `cs`, then perhaps `-CZ`"
)]
pub struct LanguageError {
    position: usize,
}

impl LanguageError {
    /// The machine's name of this error; never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "not-a-language"
    }

    /// The byte of the input where the failing part begins.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.position
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_to_their_first_part() {
        for (tag, language) in [
            ("cs", "cs"),
            ("CS", "cs"),
            ("cs-CZ", "cs"),
            ("cs_CZ", "cs"),
            ("zh-Hant-TW", "zh"),
            ("de-1996", "de"),
            ("fil", "fil"),
            ("abcdefgh", "abcdefgh"),
            ("en-x-twain", "en"),
        ] {
            assert_eq!(Language::parse(tag).unwrap().as_str(), language, "{tag}");
        }
    }

    #[test]
    fn the_rest_is_refused_at_its_position() {
        for (tag, position) in [
            ("", 0),
            ("c", 0),
            ("x-private", 0),
            ("c1", 0),
            ("abcdefghi", 0),
            ("čs", 0),
            (" cs", 0),
            ("cs-", 3),
            ("cs--CZ", 3),
            ("cs-CZ-abcdefghi", 6),
            ("cs-č", 3),
        ] {
            assert_eq!(Language::parse(tag), Err(LanguageError { position }), "{tag:?}");
        }
    }

    #[test]
    fn order_is_the_order_of_the_text() {
        assert!(Language::parse("en").unwrap() < Language::parse("eng").unwrap());
        assert!(Language::CS < Language::DE);
        assert_eq!(Language::BUILT_IN.map(|language| language.to_string()).join(" "), "cs en sk pl de");
    }
}
