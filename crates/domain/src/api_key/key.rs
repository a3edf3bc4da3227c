//! The key in plain text and the hash that is stored of it: two types, so that they cannot be mixed
//! up.

use core::fmt;

use sha2::{Digest, Sha256};
use thiserror::Error;

use super::ApiKeyKind;
use crate::hash::hash_type;
use crate::macros::{deserialize_impl, error_codes, parse_impls};
use crate::random;

/// The sample key printed in the public reference. Well-formed, and refused by its own code
/// everywhere but in `resetd demo`; see [`ApiKey::is_sample`].
///
/// ```
/// use resetd_domain::{ApiKey, SAMPLE_API_KEY};
///
/// let key = ApiKey::parse(SAMPLE_API_KEY)?;
/// assert!(key.is_sample());
/// assert_eq!(key.refuse_sample().unwrap_err().code(), "sample-key");
/// # Ok::<(), resetd_domain::ApiKeyError>(())
/// ```
pub const SAMPLE_API_KEY: &str = "PRODPGrFxpGEtrOZfuWhnoJohUYBXuOE";

const LENGTH: usize = 32;
const PREFIX_LENGTH: usize = 4;

/// An API key in plain text, as its caller sent it.
///
/// It does not print itself: `Debug` shows the kind alone, there is no `Display` and no
/// `Serialize`. Store [`ApiKey::hash`], show [`ApiKey::masked`], and call [`ApiKey::expose`] where
/// a key has just been made. There is no `PartialEq` either: compare hashes, and the time taken
/// tells nothing about the key.
///
/// ```
/// use resetd_domain::{ApiKey, ApiKeyKind};
///
/// let key = ApiKey::parse("DEV_abcdefghijklmnopqrstuvwxyz01")?;
/// assert_eq!(key.kind(), ApiKeyKind::Development);
/// assert_eq!(format!("{key:?}"), "ApiKey(DEV_…)");
/// # Ok::<(), resetd_domain::ApiKeyError>(())
/// ```
#[derive(Clone)]
pub struct ApiKey {
    text: [u8; LENGTH],
    kind: ApiKeyKind,
}

impl ApiKey {
    /// Reads a key. Nothing is trimmed and nothing is forgiven: a key is copied, not typed.
    ///
    /// # Errors
    ///
    /// The first error of: nothing there, an unknown prefix, a character outside `[A-Za-z0-9]`
    /// after it, a length other than 32.
    pub fn parse(text: &str) -> Result<Self, ApiKeyError> {
        if text.is_empty() {
            return Err(ApiKeyError::Empty);
        }
        let kind = [ApiKeyKind::Production, ApiKeyKind::Development, ApiKeyKind::System]
            .into_iter()
            .find(|kind| text.starts_with(kind.prefix()))
            .ok_or(ApiKeyError::UnknownPrefix)?;
        let rest = text.get(PREFIX_LENGTH..).unwrap_or_default();
        if let Some(offset) = rest.bytes().position(|byte| !byte.is_ascii_alphanumeric()) {
            return Err(ApiKeyError::ForbiddenCharacter { position: PREFIX_LENGTH + offset });
        }
        match <[u8; LENGTH]>::try_from(text.as_bytes()) {
            Ok(text) => Ok(Self { text, kind }),
            Err(_) => Err(ApiKeyError::WrongLength { found: text.len() }),
        }
    }

    /// Makes a fresh key. `fill` brings the randomness: it fills the slice it is given with uniform
    /// random bytes, as `getrandom::fill` does. The sample key never comes out, however unlikely.
    #[must_use]
    pub fn generate(kind: ApiKeyKind, fill: &mut dyn FnMut(&mut [u8])) -> Self {
        loop {
            let mut text = [0_u8; LENGTH];
            let (prefix, rest) = text.split_at_mut(PREFIX_LENGTH);
            prefix.copy_from_slice(kind.prefix().as_bytes());
            random::alphanumerics(rest, fill);
            let key = Self { text, kind };
            if !key.is_sample() {
                return key;
            }
        }
    }

    /// What the key is for.
    #[must_use]
    pub const fn kind(&self) -> ApiKeyKind {
        self.kind
    }

    /// Whether this is [`SAMPLE_API_KEY`].
    #[must_use]
    pub fn is_sample(&self) -> bool {
        self.text == SAMPLE_API_KEY.as_bytes()
    }

    /// The key itself unless it is the sample key.
    ///
    /// # Errors
    ///
    /// [`ApiKeyError::Sample`], for everyone but `resetd demo`.
    pub fn refuse_sample(self) -> Result<Self, ApiKeyError> {
        if self.is_sample() { Err(ApiKeyError::Sample) } else { Ok(self) }
    }

    /// The SHA-256 of the key, the only form of it that is stored.
    #[must_use]
    pub fn hash(&self) -> ApiKeyHash {
        ApiKeyHash::from_bytes(Sha256::digest(self.text).into())
    }

    /// The plain key, to be shown once, when it was made. Never log it.
    #[must_use]
    pub fn expose(&self) -> &str {
        // All 32 bytes are ASCII by construction.
        core::str::from_utf8(&self.text).unwrap_or_default()
    }

    /// The key as logs may show it: its prefix and its last two characters, `DEV_…01`.
    #[must_use]
    pub fn masked(&self) -> impl fmt::Display + '_ {
        struct Masked<'a>(&'a ApiKey);

        impl fmt::Display for Masked<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let tail = self.0.expose().get(LENGTH - 2..).unwrap_or_default();
                write!(f, "{}…{tail}", self.0.kind.prefix())
            }
        }

        Masked(self)
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey({}…)", self.kind.prefix())
    }
}

impl Drop for ApiKey {
    fn drop(&mut self) {
        random::wipe(&mut self.text);
    }
}

parse_impls!(ApiKey, ApiKeyError);
deserialize_impl!(ApiKey, "an API key");

hash_type! {
    /// The SHA-256 of an [`ApiKey`]: what the registry stores and looks keys up by.
    ///
    /// A plain digest is enough: a key holds 166 bits of randomness, so there is nothing to guess
    /// that a slow hash would protect.
    ApiKeyHash
}

/// Why a text is no API key. The key itself is never part of the message.
///
/// ```
/// use resetd_domain::{ApiKey, ApiKeyError};
///
/// let error = ApiKey::parse("PRODsecret").unwrap_err();
/// assert_eq!(error, ApiKeyError::WrongLength { found: 10 });
/// assert!(!error.to_string().contains("secret"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum ApiKeyError {
    /// There is nothing.
    #[error("the API key is empty: expected 32 characters, such as `PROD` and 28 letters and digits")]
    Empty,
    /// It begins with none of the three prefixes.
    #[error("an API key begins with `PROD`, `DEV_` or `ROOT`, in capitals and without a space before it")]
    UnknownPrefix,
    /// A character outside of `[A-Za-z0-9]`.
    #[error(
        "the API key has a forbidden character at byte {position}: only ASCII letters and digits follow the prefix"
    )]
    ForbiddenCharacter {
        /// The byte where the character begins.
        position: usize,
    },
    /// Too short or too long.
    #[error("an API key has 32 characters, this one has {found}")]
    WrongLength {
        /// Its length in characters, all of them ASCII.
        found: usize,
    },
    /// The sample key of the reference, where it does not work.
    #[error(
        "this is the sample key of the documentation: it works in `resetd demo` only, use a key of your own"
    )]
    Sample,
}

error_codes! {
    ApiKeyError {
        Empty => "empty",
        UnknownPrefix => "unknown-prefix",
        ForbiddenCharacter => "forbidden-character",
        WrongLength => "wrong-length",
        Sample => "sample-key",
    }
}

impl ApiKeyError {
    /// The byte of the input where the error lies.
    #[must_use]
    pub const fn position(&self) -> usize {
        match self {
            Self::ForbiddenCharacter { position } => *position,
            Self::WrongLength { found } if *found > LENGTH => LENGTH,
            Self::WrongLength { found } => *found,
            Self::Empty | Self::UnknownPrefix | Self::Sample => 0,
        }
    }
}
