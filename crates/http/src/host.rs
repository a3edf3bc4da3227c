//! The host that a request is for (RFC 9112, section 3.2). Links never depend on it: they are made
//! from the public URL.

use std::net::Ipv6Addr;

use axum::http::header::HOST;
use axum::http::{HeaderMap, Uri, Version};

/// `Host` is missing, repeated or no host, or the target names none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InvalidHost;

/// The host and perhaps the port that a request is for: the authority of a target in absolute form,
/// else `Host`. `None`: HTTP/1.0 without it.
pub(crate) fn of<'a>(
    version: Version,
    uri: &'a Uri,
    headers: &'a HeaderMap,
) -> Result<Option<&'a str>, InvalidHost> {
    let mut lines = headers.get_all(HOST).iter();
    let header = match (lines.next(), lines.next()) {
        (Some(only), None) => Some(only.to_str().ok().filter(|host| is_host(host)).ok_or(InvalidHost)?),
        (None, _) if version <= Version::HTTP_10 => None,
        (None, _) | (Some(_), Some(_)) => return Err(InvalidHost),
    };
    match uri.authority() {
        Some(authority) if is_host(authority.as_str()) => Ok(Some(authority.as_str())),
        Some(_) => Err(InvalidHost),
        None => Ok(header),
    }
}

/// The name or the address in `host`, without brackets and port.
pub(crate) fn name(host: &str) -> &str {
    match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.split_once(':').map_or(host, |(name, _)| name),
    }
}

/// A host and perhaps a port (RFC 3986, section 3.2), without user information. Of the characters
/// that the grammar allows in names, those that no name of the DNS and no container has are refused.
fn is_host(text: &str) -> bool {
    let (is_address, rest) = match text.strip_prefix('[') {
        Some(bracketed) => match bracketed.split_once(']') {
            Some((address, rest)) => (address.parse::<Ipv6Addr>().is_ok(), rest),
            None => return false,
        },
        None => {
            let end = text.find(':').unwrap_or(text.len());
            let (name, rest) = text.split_at_checked(end).unwrap_or((text, ""));
            (is_name(name), rest)
        }
    };
    is_address && (rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port))
}

fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    !name.is_empty() && name.bytes().all(allowed)
}

/// Digits up to 65535; none at all stands for the scheme's own port.
fn is_port(port: &str) -> bool {
    port.is_empty() || (port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn seen(
        version: Version,
        uri: &'static str,
        lines: &[&'static str],
    ) -> Result<Option<String>, InvalidHost> {
        let headers = lines.iter().map(|line| (HOST, HeaderValue::from_static(line))).collect();
        of(version, &Uri::from_static(uri), &headers).map(|host| host.map(str::to_owned))
    }

    #[test]
    fn the_header_names_the_host() {
        for host in [
            "reset.example.com",
            "reset.example.com:8443",
            "reset.example.com:",
            "127.0.0.1:80",
            "[::1]",
            "[2001:db8::1]:8080",
            "my_service",
            "LOCALHOST",
        ] {
            assert_eq!(seen(Version::HTTP_11, "/x", &[host]), Ok(Some(host.to_owned())));
        }
    }

    #[test]
    fn an_absolute_target_counts_before_the_header() {
        let target = "http://evil.example:81/x";
        assert_eq!(seen(Version::HTTP_11, target, &["localhost"]), Ok(Some("evil.example:81".to_owned())));
        assert_eq!(seen(Version::HTTP_10, target, &[]), Ok(Some("evil.example:81".to_owned())));
        assert_eq!(seen(Version::HTTP_11, target, &[]), Err(InvalidHost));
        assert_eq!(seen(Version::HTTP_11, "http://user@localhost/x", &["localhost"]), Err(InvalidHost));
    }

    #[test]
    fn a_missing_repeated_or_invalid_one_is_refused() {
        assert_eq!(seen(Version::HTTP_11, "/x", &[]), Err(InvalidHost));
        assert_eq!(seen(Version::HTTP_10, "/x", &[]), Ok(None));
        assert_eq!(seen(Version::HTTP_11, "/x", &["localhost", "localhost"]), Err(InvalidHost));
        assert_eq!(seen(Version::HTTP_10, "/x", &["localhost", "evil.example"]), Err(InvalidHost));
        for host in [
            "",
            " ",
            "a b",
            "a/b",
            "http://a",
            "a@b",
            "a,b",
            "a, b",
            "a:b",
            "a:80:80",
            "a:-1",
            "a:+80",
            "a:65536",
            ":80",
            "[::1",
            "::1",
            "[::1]x",
            "[::1%eth0]",
            "[localhost]",
            "a?b",
            "a#b",
            "a\\b",
            "%",
            "a;b",
        ] {
            assert_eq!(seen(Version::HTTP_11, "/x", &[host]), Err(InvalidHost), "{host}");
        }
        let latin = HeaderMap::from_iter([(HOST, HeaderValue::from_bytes(b"caf\xe9").unwrap())]);
        assert_eq!(of(Version::HTTP_11, &Uri::from_static("/"), &latin), Err(InvalidHost));
    }

    #[test]
    fn a_name_has_no_port_and_no_brackets() {
        for (host, expected) in
            [("localhost", "localhost"), ("a.example:80", "a.example"), ("[::1]:80", "::1"), ("[::1]", "::1")]
        {
            assert_eq!(name(host), expected);
        }
    }
}
