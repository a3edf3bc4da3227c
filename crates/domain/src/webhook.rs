//! Webhooks: what an organisation's systems are told of, and the secret that proves who tells.

use core::fmt;

use thiserror::Error;

use crate::macros::{deserialize_impl, parse_impls, serialize_impl, string_enum};
use crate::random;

string_enum! {
    /// What an organisation can be told of.
    WebhookEventType, "webhook event type", unknown
    /// The text is no webhook event type.
    UnknownWebhookEventType {
        /// A request was taken on: it is within the budget of its address. Whether that has an
        /// account is not known yet.
        Requested = "password_reset.requested",
        /// The relay took the mail with the link.
        Sent = "password_reset.sent",
        /// The mail was given up.
        Undeliverable = "password_reset.undeliverable",
        /// The customer set a new password through the link.
        Completed = "password_reset.completed",
    }
}

/// The secret that resetd and a receiver share: 24 to 64 random bytes (Standard Webhooks). Written
/// as text it is `whsec_` and the bytes in base64; that is the business of whoever shows it.
///
/// `Debug` prints `WebhookSecret(…)`; there is no `Display` and no `Serialize`. The bytes are
/// overwritten when it is dropped.
///
/// ```
/// use resetd_domain::WebhookSecret;
///
/// let secret = WebhookSecret::from_bytes(&[7; 32])?;
/// assert_eq!(secret.expose().len(), 32);
/// assert_eq!(format!("{secret:?}"), "WebhookSecret(…)");
/// # Ok::<(), resetd_domain::WebhookSecretError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Box<[u8]>);

impl WebhookSecret {
    /// The fewest bytes of a secret.
    pub const SHORTEST: usize = 24;
    /// The most bytes of a secret.
    pub const LONGEST: usize = 64;
    /// The bytes of a fresh one.
    const LENGTH: usize = 32;

    /// Makes a fresh secret of 32 bytes. `fill` fills the slice it is given with uniform random
    /// bytes.
    #[must_use]
    pub fn generate(fill: &mut dyn FnMut(&mut [u8])) -> Self {
        let mut secret = Self(Box::new([0; Self::LENGTH]));
        fill(&mut secret.0);
        secret
    }

    /// The secret with these bytes.
    ///
    /// # Errors
    ///
    /// Fewer than 24 bytes, or more than 64.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WebhookSecretError> {
        if (Self::SHORTEST..=Self::LONGEST).contains(&bytes.len()) {
            Ok(Self(bytes.into()))
        } else {
            Err(WebhookSecretError { found: bytes.len() })
        }
    }

    /// The plain bytes, to sign with, to seal, and to show once. Never log them.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

impl Drop for WebhookSecret {
    fn drop(&mut self) {
        random::wipe(&mut self.0);
    }
}

/// Bytes that are no secret: too few or too many.
///
/// ```
/// use resetd_domain::WebhookSecret;
///
/// let error = WebhookSecret::from_bytes(b"short").unwrap_err();
/// assert_eq!(error.to_string(), "a webhook secret has 24 to 64 bytes, this one has 5");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[error("a webhook secret has 24 to 64 bytes, this one has {found}")]
pub struct WebhookSecretError {
    found: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_24_to_64_bytes_and_shows_none() {
        for (length, fits) in [(0, false), (23, false), (24, true), (64, true), (65, false)] {
            assert_eq!(WebhookSecret::from_bytes(&vec![7; length]).is_ok(), fits, "{length}");
        }
        let mut next = 0;
        let fresh = WebhookSecret::generate(&mut |bytes| {
            for byte in bytes {
                next += 1;
                *byte = next;
            }
        });
        assert_eq!(fresh.expose(), (1..=32).collect::<Vec<u8>>());
        assert_eq!(format!("{fresh:?}"), "WebhookSecret(…)");
    }

    #[test]
    fn event_types_are_words() {
        assert_eq!(WebhookEventType::parse("password_reset.sent"), Ok(WebhookEventType::Sent));
        assert!(WebhookEventType::parse("password_reset.opened").is_err());
        assert_eq!(WebhookEventType::ALL.len(), 4);
    }
}
