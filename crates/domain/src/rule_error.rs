//! What every refusal of this crate can say.

use core::error::Error;

/// An error of a rule: a stable code and the position of what is wrong, beside the text that
/// `Display` prints.
///
/// Every error of a `parse` in this crate implements it, so that one function turns them all into
/// an answer. It is sealed: methods may be added.
///
/// ```
/// use resetd_domain::{EmailAddress, Expiry, RuleError};
///
/// fn to_json(field: &str, error: &dyn RuleError) -> String {
///     format!(r#"{{"field":"{field}","code":"{}","position":{}}}"#, error.code(), error.position())
/// }
///
/// let email = EmailAddress::parse("jan@example.com.").unwrap_err();
/// assert_eq!(to_json("email", &email), r#"{"field":"email","code":"trailing-dot","position":15}"#);
/// let expiry = Expiry::parse("1.5h").unwrap_err();
/// assert_eq!(to_json("expiry", &expiry), r#"{"field":"expiry","code":"fraction","position":1}"#);
/// ```
pub trait RuleError: Error + Send + Sync + sealed::Sealed {
    /// The machine's name of this error; never changes.
    fn code(&self) -> &'static str;

    /// The byte of the input where the error lies, on a character's boundary; 0 where it is the
    /// value as a whole.
    fn position(&self) -> usize;

    /// [`position`](Self::position) in UTF-16 code units of the same input, as JavaScript, Java and
    /// C# count.
    ///
    /// ```
    /// use resetd_domain::{EmailAddress, RuleError};
    ///
    /// let input = "žofie @example.com";
    /// let error = EmailAddress::parse(input).unwrap_err();
    /// assert_eq!((error.position(), error.utf16_position(input)), (6, 5));
    /// ```
    fn utf16_position(&self, input: &str) -> usize {
        input.get(..self.position()).map_or(0, |before| before.encode_utf16().count())
    }
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// [`RuleError`] from an inherent `code` and `position`.
macro_rules! rule_errors {
    ($($error:path),+ $(,)?) => { $(
        impl sealed::Sealed for $error {}

        impl RuleError for $error {
            fn code(&self) -> &'static str {
                self.code()
            }

            fn position(&self) -> usize {
                self.position()
            }
        }
    )+ };
}

rule_errors!(
    crate::AccentColorError,
    crate::ApiKeyError,
    crate::CustomerIpError,
    crate::EmailError,
    crate::ExpiryError,
    crate::IdError,
    crate::LanguageError,
    crate::TokenError,
);
