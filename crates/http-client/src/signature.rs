//! Signatures of Standard Webhooks.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::WebhookSecret;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName, HeaderValue};
use sha2::Sha256;
use thiserror::Error;
use zeroize::Zeroizing;

const ID: HeaderName = HeaderName::from_static("webhook-id");
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");
const PREFIX: &str = "whsec_";

/// The id of a request has characters that no header can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the id of the request has characters that cannot be sent")]
pub struct SignError;

/// Why a text is no secret. Does not quote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SecretTextError {
    /// It does not begin with `whsec_`.
    #[error("expected a secret that begins with whsec_")]
    Prefix,
    /// What follows is no base64, or not 24 to 64 bytes of it.
    #[error("expected 24 to 64 bytes in base64 after whsec_")]
    Bytes,
}

/// The secret as an operator sees it: `whsec_` and its bytes in base64.
#[must_use]
pub fn secret_text(secret: &WebhookSecret) -> String {
    format!("{PREFIX}{}", STANDARD.encode(secret.expose()))
}

/// Reads what [`secret_text`] writes.
///
/// # Errors
/// [`SecretTextError`], which says what was expected.
pub fn parse_secret(text: &str) -> Result<WebhookSecret, SecretTextError> {
    let encoded = text.trim().strip_prefix(PREFIX).ok_or(SecretTextError::Prefix)?;
    let bytes = Zeroizing::new(STANDARD.decode(encoded).map_err(|_| SecretTextError::Bytes)?);
    WebhookSecret::from_bytes(&bytes).map_err(|_| SecretTextError::Bytes)
}

/// Adds the headers that prove who sent `body`, and when: `webhook-id`, `webhook-timestamp` (Unix seconds) and
/// `webhook-signature`, which is `v1,` and the base64 of the HMAC-SHA256 of `id.timestamp.body`.
///
/// # Errors
/// [`SignError`] when `id` cannot stand in a header.
pub fn sign(
    headers: &mut HeaderMap,
    secret: &WebhookSecret,
    id: &str,
    timestamp: i64,
    body: &[u8],
) -> Result<(), SignError> {
    let signature = signature(secret, id, timestamp, body).ok_or(SignError)?;
    headers.insert(ID, HeaderValue::try_from(id).map_err(|_| SignError)?);
    headers.insert(TIMESTAMP, HeaderValue::from(timestamp));
    headers.insert(SIGNATURE, HeaderValue::try_from(signature).map_err(|_| SignError)?);
    Ok(())
}

/// `None` never comes: HMAC takes keys of any length.
fn signature(secret: &WebhookSecret, id: &str, timestamp: i64, body: &[u8]) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose()).ok()?;
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the test suites of the reference libraries (standard-webhooks/standard-webhooks).
    #[test]
    fn the_reference_vector() {
        let secret = parse_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        assert_eq!(secret_text(&secret), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let mut headers = HeaderMap::new();
        let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        sign(&mut headers, &secret, id, 1_614_265_330, br#"{"test": 2432232314}"#).unwrap();
        assert_eq!(headers["webhook-id"], id);
        assert_eq!(headers["webhook-timestamp"], "1614265330");
        assert_eq!(headers["webhook-signature"], "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(sign(&mut headers, &secret, "a\r\nb", 0, b""), Err(SignError));
    }

    #[test]
    fn other_texts_are_no_secret() {
        for (text, error) in [
            ("", SecretTextError::Prefix),
            ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", SecretTextError::Prefix),
            ("whsec_", SecretTextError::Bytes),
            ("whsec_!", SecretTextError::Bytes),
            ("whsec_c2hvcnQ=", SecretTextError::Bytes),
        ] {
            assert_eq!(parse_secret(text), Err(error), "{text}");
            assert!(!error.to_string().contains("MfKQ"));
        }
        assert!(parse_secret(" whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").is_ok(), "as a file ends");
    }
}
