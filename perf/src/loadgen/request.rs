//! The bytes of a `reset-password` request, prepared once; per request only the address's number is
//! written into them.

use std::net::SocketAddr;

/// Whose address it is. All addresses are of one length, so that no group differs from another by
/// its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    /// An active customer.
    Known,
    /// No customer.
    Unknown,
    /// A banned customer.
    Banned,
    /// An active customer whose budget is spent.
    Throttled,
}

impl Group {
    /// As a reader knows it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Unknown => "unknown",
            Self::Banned => "banned",
            Self::Throttled => "throttled",
        }
    }

    fn letter(self) -> char {
        match self {
            Self::Known => 'k',
            Self::Unknown => 'u',
            Self::Banned => 'b',
            Self::Throttled => 't',
        }
    }
}

const DIGITS: usize = 7;

/// The address of the group's customer `number` (below 10,000,000).
#[must_use]
pub fn address(group: Group, number: u32) -> String {
    format!("{}{number:0DIGITS$}@customers.example", group.letter())
}

/// A `reset-password` request to one server under one key.
#[derive(Debug, Clone)]
pub struct ResetRequest {
    bytes: Vec<u8>,
    address_at: usize,
}

impl ResetRequest {
    /// The documented request, key in the query.
    #[must_use]
    pub fn new(server: SocketAddr, api_key: &str) -> Self {
        let path = format!("/api/v1/customer/reset-password?apiKey={api_key}");
        Self::with_path(server, &path)
    }

    /// The same request to any path.
    #[must_use]
    pub fn with_path(server: SocketAddr, path: &str) -> Self {
        let placeholder = address(Group::Known, 0);
        let body = format!(r#"{{"email":"{placeholder}","expirationTime":"3h 20m"}}"#);
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {server}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let address_at = head.len() + body.find(&placeholder).unwrap_or(0);
        Self { bytes: [head, body].concat().into_bytes(), address_at }
    }

    /// The request for customer `number` of `group`.
    pub fn for_customer(&mut self, group: Group, number: u32) -> &[u8] {
        let mut rest = number;
        if let Some(place) = self.bytes.get_mut(self.address_at..=self.address_at + DIGITS)
            && let Some((letter, digits)) = place.split_first_mut()
        {
            *letter = u8::try_from(group.letter()).unwrap_or(b'k');
            for digit in digits.iter_mut().rev() {
                *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
                rest /= 10;
            }
        }
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prepared_bytes_hold_the_customers_address() {
        let mut request = ResetRequest::new("127.0.0.1:8080".parse().unwrap(), "KEY");
        for (group, number) in [(Group::Unknown, 42), (Group::Known, 9_999_999), (Group::Banned, 0)] {
            let text = String::from_utf8(request.for_customer(group, number).to_vec()).unwrap();
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            assert_eq!(
                body,
                format!(r#"{{"email":"{}","expirationTime":"3h 20m"}}"#, address(group, number))
            );
            assert!(head.contains(&format!("Content-Length: {}", body.len())), "{head}");
            assert!(
                head.starts_with("POST /api/v1/customer/reset-password?apiKey=KEY HTTP/1.1\r\n"),
                "{head}"
            );
        }
    }
}
