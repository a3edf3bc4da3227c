//! Reset tokens: 32 characters of `[A-Za-z0-9]`, single use, of which only a hash is stored.

use core::fmt;

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::hash::hash_type;
use crate::macros::{deserialize_impl, error_codes, parse_impls};
use crate::random;

const LENGTH: usize = 32;

/// A reset token in plain text. It exists in the worker's memory and in the mail, nowhere else.
///
/// `Debug` prints `ResetToken(…)`; there is no `Display`, no `Serialize` and no `PartialEq`
/// (compare hashes). Its text lives in one place on the heap, moves without leaving copies behind,
/// and is overwritten when it is dropped.
///
/// ```
/// use resetd_domain::{ResetToken, TokenHash};
///
/// let mut state = 7_u8;
/// let token = ResetToken::generate(&mut |bytes| {
///     for byte in bytes { state = state.wrapping_mul(5).wrapping_add(3); *byte = state; }
/// });
/// assert_eq!(ResetToken::parse(token.expose())?.hash(), token.hash());
/// assert_eq!(format!("{token:?}"), "ResetToken(…)");
/// # Ok::<(), resetd_domain::TokenError>(())
/// ```
pub struct ResetToken(Box<[u8; LENGTH]>);

impl ResetToken {
    /// Makes a fresh token with 190 bits of randomness. `fill` fills the slice it is given with
    /// uniform random bytes, as `getrandom::fill` does.
    #[must_use]
    pub fn generate(fill: &mut dyn FnMut(&mut [u8])) -> Self {
        let mut token = Self(Box::new([0; LENGTH]));
        random::alphanumerics(token.0.as_mut_slice(), fill);
        token
    }

    /// Reads a token as it comes back from a link or a form. Nothing is trimmed.
    ///
    /// # Errors
    ///
    /// A character outside `[A-Za-z0-9]`, then a length other than 32.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        if let Some(position) = text.bytes().position(|byte| !byte.is_ascii_alphanumeric()) {
            return Err(TokenError::ForbiddenCharacter { position });
        }
        let mut token = Self(Box::new([0; LENGTH]));
        if text.len() != LENGTH {
            return Err(TokenError::WrongLength { found: text.len() });
        }
        token.0.copy_from_slice(text.as_bytes());
        Ok(token)
    }

    /// The SHA-256 of the token, the only form of it that is stored.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash::from_bytes(Sha256::digest(self.0.as_slice()).into())
    }

    /// The plain token, for the link in the mail. Never log it, never store it.
    #[must_use]
    pub fn expose(&self) -> &str {
        // All 32 bytes are ASCII by construction.
        core::str::from_utf8(self.0.as_slice()).unwrap_or_default()
    }
}

impl fmt::Debug for ResetToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResetToken(…)")
    }
}

impl Drop for ResetToken {
    fn drop(&mut self) {
        random::wipe(self.0.as_mut_slice());
    }
}

parse_impls!(ResetToken, TokenError);
deserialize_impl!(ResetToken, "a reset token");

hash_type! {
    /// The SHA-256 of a [`ResetToken`]: what the store keeps and finds a request by.
    ///
    /// A plain digest is enough: a token holds 190 bits of randomness, so there is nothing to guess
    /// that a slow hash would protect, and the look-up by hash leaks no byte of the token through
    /// its timing.
    TokenHash
}

/// Why a text is no reset token. To the caller every one of them is the same `E003`.
///
/// ```
/// use resetd_domain::{ResetToken, TokenError};
///
/// assert_eq!(ResetToken::parse("short").unwrap_err(), TokenError::WrongLength { found: 5 });
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum TokenError {
    /// A character outside of `[A-Za-z0-9]`.
    #[error(
        "the token has a forbidden character at byte {position}: only ASCII letters and digits belong there"
    )]
    ForbiddenCharacter {
        /// The byte where the character begins.
        position: usize,
    },
    /// Too short or too long.
    #[error("a token has 32 characters, this one has {found}")]
    WrongLength {
        /// Its length in characters, all of them ASCII.
        found: usize,
    },
}

error_codes! {
    TokenError {
        ForbiddenCharacter => "forbidden-character",
        WrongLength => "wrong-length",
    }
}

impl TokenError {
    /// The byte of the input where the error lies.
    #[must_use]
    pub const fn position(&self) -> usize {
        match self {
            Self::ForbiddenCharacter { position } => *position,
            Self::WrongLength { found } if *found > LENGTH => LENGTH,
            Self::WrongLength { found } => *found,
        }
    }
}
