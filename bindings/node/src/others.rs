//! API keys, IP addresses and expiries.

use domain::{ApiKey, CustomerIp, Expiry, ExpiryError};
use napi::{Either, bindgen_prelude::Uint8Array};
use napi_derive::napi;

use crate::refusal::Refusal;

/// Kind, requests a minute, masked form, whether it is the sample key.
type KeyParts = (String, Option<u32>, String, bool);

/// Reads an API key.
#[napi]
pub(crate) fn api_key(text: String, refuse_sample: bool) -> Either<KeyParts, Refusal> {
    let parsed = ApiKey::parse(&text);
    let parsed = if refuse_sample { parsed.and_then(ApiKey::refuse_sample) } else { parsed };
    match parsed {
        Ok(key) => {
            let kind = key.kind();
            let masked = key.masked().to_string();
            Either::A((kind.as_str().to_owned(), kind.requests_per_minute(), masked, key.is_sample()))
        }
        Err(error) => Either::B(Refusal::new(&text, &error)),
    }
}

/// The SHA-256 of a key; nothing where it is none.
#[napi]
pub(crate) fn api_key_sha256(text: String) -> Option<Uint8Array> {
    let key = ApiKey::parse(&text).ok()?;
    Some(Uint8Array::new(key.hash().as_bytes().to_vec()))
}

/// Reads an IP address: its one spelling, its scope, and what a budget counts.
#[napi]
pub(crate) fn customer_ip(text: String) -> Either<(String, String, String), Refusal> {
    match CustomerIp::parse(&text) {
        Ok(ip) => Either::A((ip.to_string(), ip.scope().as_str().to_owned(), ip.budget_key().to_string())),
        Err(error) => Either::B(Refusal::new(&text, &error)),
    }
}

/// Reads an expiry, in seconds.
#[napi]
pub(crate) fn expiry(text: String) -> Either<u32, Refusal> {
    seconds(&text, Expiry::parse(&text))
}

/// An expiry of so many seconds, which JavaScript has made a whole number that is not negative.
#[napi]
pub(crate) fn expiry_from_seconds(count: f64) -> Either<u32, Refusal> {
    // Beyond its range the conversion gives the nearest number, which is too long, too.
    seconds("", Expiry::from_seconds(count as u64))
}

/// Both notations of an expiry of so many seconds: `3h 20m`, `PT3H20M`.
#[napi]
pub(crate) fn expiry_forms(count: u32) -> Option<(String, String)> {
    let expiry = Expiry::from_seconds(u64::from(count)).ok()?;
    Some((expiry.to_string(), expiry.to_iso8601().to_string()))
}

fn seconds(text: &str, parsed: Result<Expiry, ExpiryError>) -> Either<u32, Refusal> {
    match parsed {
        Ok(expiry) => Either::A(expiry.as_seconds()),
        Err(error) => Either::B(Refusal::new(text, &error)),
    }
}
