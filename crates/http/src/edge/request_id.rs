//! The identifier of one request, in its answer and its log lines.

use std::sync::atomic::{AtomicU64, Ordering};

use application::ports::Random;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;
use domain::ApiKey;

/// The header that carries it, both ways.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const MAX_LENGTH: usize = 64;
const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Makes identifiers: 16 hexadecimal digits of this process, 16 of this request.
///
/// They are unique, not secret. The request's half is a counter put through a bijection, so that an
/// identifier does not tell how many requests there have been.
pub(crate) struct RequestIds {
    process: [u8; 16],
    offset: u64,
    next: AtomicU64,
}

impl RequestIds {
    pub(crate) fn new(random: &dyn Random) -> Self {
        let (mut process, mut offset) = ([0; 8], [0; 8]);
        random.fill(&mut process);
        random.fill(&mut offset);
        Self {
            process: hex(u64::from_be_bytes(process)),
            offset: u64::from_be_bytes(offset),
            next: AtomicU64::new(0),
        }
    }

    /// The caller's own identifier where it is short and harmless (1 to 64 of `[A-Za-z0-9-_.]`, not
    /// an API key), else a fresh one.
    pub(crate) fn identify(&self, headers: &HeaderMap) -> HeaderValue {
        headers.get(REQUEST_ID).filter(|value| is_harmless(value)).cloned().unwrap_or_else(|| self.fresh())
    }

    fn fresh(&self) -> HeaderValue {
        let count = self.next.fetch_add(1, Ordering::Relaxed);
        let mut text = [0; 32];
        let (process, request) = text.split_at_mut(16);
        process.copy_from_slice(&self.process);
        request.copy_from_slice(&hex(mixed(count.wrapping_add(self.offset))));
        // Hexadecimal digits are a valid header value.
        HeaderValue::from_maybe_shared(Bytes::copy_from_slice(&text))
            .unwrap_or_else(|_| HeaderValue::from_static("unidentified"))
    }
}

fn is_harmless(value: &HeaderValue) -> bool {
    let bytes = value.as_bytes();
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=MAX_LENGTH).contains(&bytes.len())
        && bytes.iter().all(plain)
        && value.to_str().is_ok_and(|text| ApiKey::parse(text).is_err())
}

/// The finalizer of SplitMix64 (Steele, Lea, Flood 2014): a bijection of 64 bits.
const fn mixed(count: u64) -> u64 {
    let mut z = count.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn hex(number: u64) -> [u8; 16] {
    let mut text = [0; 16];
    for (place, digit) in text.iter_mut().rev().enumerate() {
        let nibble = (number >> (4 * place)) & 0xf;
        *digit = DIGITS.get(nibble as usize).copied().unwrap_or(b'0');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sevens;

    impl Random for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    fn headers(id: &[u8]) -> HeaderMap {
        HeaderMap::from_iter([(REQUEST_ID, HeaderValue::from_bytes(id).unwrap())])
    }

    #[test]
    fn fresh_ones_are_32_hexadecimal_digits_and_differ() {
        let ids = RequestIds::new(&Sevens);
        let made: std::collections::HashSet<_> =
            (0..1_000).map(|_| ids.identify(&HeaderMap::new()).to_str().unwrap().to_owned()).collect();
        assert_eq!(made.len(), 1_000);
        assert!(made.iter().all(|id| id.len() == 32 && id.starts_with("0707070707070707")));
        assert!(made.iter().all(|id| id.bytes().all(|byte| byte.is_ascii_hexdigit())));
    }

    #[test]
    fn a_harmless_one_of_the_caller_is_kept() {
        let ids = RequestIds::new(&Sevens);
        for id in ["a", "checkout-17.retry_2", &"x".repeat(64)] {
            assert_eq!(ids.identify(&headers(id.as_bytes())), id);
        }
    }

    #[test]
    fn any_other_is_replaced() {
        let ids = RequestIds::new(&Sevens);
        let long = "x".repeat(65);
        for id in [
            &b""[..],
            b"a b",
            b"a\tb",
            b"<script>",
            b"\xc3\xa9",
            long.as_bytes(),
            b"PRODPGrFxpGEtrOZfuWhnoJohUYBXuOE",
        ] {
            assert_eq!(ids.identify(&headers(id)).len(), 32, "{id:?}");
        }
    }
}
