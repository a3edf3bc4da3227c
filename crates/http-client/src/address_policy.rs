//! Which URLs and addresses may be called.

use std::net::IpAddr;

use domain::IpScope;
use http::Uri;
use thiserror::Error;
use url::Url;

/// Where calls may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressPolicy {
    /// To the public internet by `https`: for URLs that an organisation chooses.
    Public,
    /// To private addresses, too, and by plain `http` to this machine.
    PrivateToo,
    /// Anywhere by `https` or `http`: for URLs that the operator of this service chooses.
    Trusted,
}

/// Why a URL may not be called. Does not quote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UrlError {
    /// Not a URL, or neither `https` nor `http`.
    #[error("expected a URL such as https://shop.example/hooks")]
    NotAUrl,
    /// It holds a user, a password or a fragment.
    #[error("expected scheme, host, port, path and query alone")]
    Parts,
    /// Plain HTTP to another machine.
    #[error("expected https: plain http, which others can read on the way, is for this machine alone")]
    InTheClear,
    /// The host is an address that is not on the public internet.
    #[error("the address is not on the public internet")]
    Private,
}

impl AddressPolicy {
    /// [`PrivateToo`](Self::PrivateToo) or [`Public`](Self::Public).
    #[must_use]
    pub const fn allowing_private(allow: bool) -> Self {
        if allow { Self::PrivateToo } else { Self::Public }
    }

    /// The URL in its normal form, checked as far as it can be without resolving its host.
    ///
    /// # Errors
    /// [`UrlError`] when it may not be called.
    pub fn check_url(self, text: &str) -> Result<Uri, UrlError> {
        let url = Url::parse(text).map_err(|_| UrlError::NotAUrl)?;
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(UrlError::Parts);
        }
        let uri = url.as_str().parse().map_err(|_| UrlError::NotAUrl)?;
        self.check(&uri)?;
        Ok(uri)
    }

    /// As [`check_url`](Self::check_url), for a URL that has been parsed.
    pub(crate) fn check(self, uri: &Uri) -> Result<(), UrlError> {
        let authority = uri.authority().ok_or(UrlError::NotAUrl)?;
        if authority.as_str().contains('@') {
            return Err(UrlError::Parts);
        }
        let host = authority.host();
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
        let is_loopback = address.map_or_else(|| is_localhost(host), |address| address.is_loopback());
        match uri.scheme_str() {
            _ if host.is_empty() => return Err(UrlError::NotAUrl),
            Some("https") => {}
            Some("http") if is_loopback || self == Self::Trusted => {}
            Some("http") => return Err(UrlError::InTheClear),
            _ => return Err(UrlError::NotAUrl),
        }
        let is_allowed = match address {
            Some(address) => self.allows_address(address),
            None => self != Self::Public || !is_localhost(host),
        };
        if is_allowed { Ok(()) } else { Err(UrlError::Private) }
    }

    /// Whether an address that `name` resolves to may be called.
    pub(crate) fn allows(self, name: &str, address: IpAddr) -> bool {
        // What is sent in the clear to this machine must not leave it.
        self.allows_address(address) && (!is_localhost(name) || address.is_loopback())
    }

    fn allows_address(self, address: IpAddr) -> bool {
        match IpScope::of(address) {
            _ if self == Self::Trusted => true,
            IpScope::Global => true,
            // Addresses of no single machine.
            IpScope::Multicast | IpScope::Broadcast | IpScope::Unspecified | IpScope::ThisNetwork => false,
            _ => self == Self::PrivateToo,
        }
    }
}

/// `localhost` and whatever is below it (RFC 6761, section 6.3).
fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(policy: AddressPolicy, url: &str) -> Result<(), UrlError> {
        policy.check_url(url).map(drop)
    }

    #[test]
    fn https_to_the_public_and_http_to_this_machine() {
        let in_the_clear = Err(UrlError::InTheClear);
        let (parts, not_a_url) = (Err(UrlError::Parts), Err(UrlError::NotAUrl));
        for (url, public, private) in [
            ("https://shop.example/hooks?key=1", Ok(()), Ok(())),
            ("https://1.1.1.1:8443/", Ok(()), Ok(())),
            ("https://[2606:4700::1111]/", Ok(()), Ok(())),
            ("https://10.0.0.1/", Err(UrlError::Private), Ok(())),
            ("https://169.254.169.254/latest", Err(UrlError::Private), Ok(())),
            ("https://[::ffff:192.168.0.1]/", Err(UrlError::Private), Ok(())),
            ("https://[fe80::1]/", Err(UrlError::Private), Ok(())),
            // Spellings of 127.0.0.1.
            ("https://0x7f.1/", Err(UrlError::Private), Ok(())),
            ("https://2130706433/", Err(UrlError::Private), Ok(())),
            ("https://LocalHost./", Err(UrlError::Private), Ok(())),
            ("http://127.0.0.1:9000/x", Err(UrlError::Private), Ok(())),
            ("http://localhost/", Err(UrlError::Private), Ok(())),
            ("http://[::1]/", Err(UrlError::Private), Ok(())),
            ("http://shop.example/", in_the_clear, in_the_clear),
            ("http://10.0.0.1/", in_the_clear, in_the_clear),
            ("http://localhost.shop.example/", in_the_clear, in_the_clear),
            ("https://user:pw@shop.example/", parts, parts),
            ("https://shop.example/#x", parts, parts),
            ("ftp://shop.example/", not_a_url, not_a_url),
            ("file:///etc/passwd", not_a_url, not_a_url),
            ("shop.example", not_a_url, not_a_url),
            ("", not_a_url, not_a_url),
        ] {
            let found = (check(AddressPolicy::Public, url), check(AddressPolicy::PrivateToo, url));
            assert_eq!(found, (public, private), "{url}");
        }
    }

    #[test]
    fn a_trusted_url_may_lead_anywhere() {
        for url in
            ["http://10.0.0.1:4318/v1", "http://collector.internal/", "https://localhost/", "http://[::1]/"]
        {
            assert_eq!(check(AddressPolicy::Trusted, url), Ok(()), "{url}");
        }
        assert_eq!(check(AddressPolicy::Trusted, "http://user@collector.internal/"), Err(UrlError::Parts));
        assert_eq!(check(AddressPolicy::Trusted, "grpc://collector.internal/"), Err(UrlError::NotAUrl));
    }

    #[test]
    fn a_parsed_url_is_held_to_the_same() {
        for (uri, expected) in [
            ("https://user:pw@shop.example/", Err(UrlError::Parts)),
            ("https://127.0.0.1/", Err(UrlError::Private)),
            ("/hooks", Err(UrlError::NotAUrl)),
            ("shop.example:443", Err(UrlError::NotAUrl)),
            ("https://shop.example/", Ok(())),
        ] {
            assert_eq!(AddressPolicy::Public.check(&uri.parse().unwrap()), expected, "{uri}");
        }
    }

    #[test]
    fn addresses_of_no_single_machine_are_never_called() {
        for (address, public, private) in [
            ("9.9.9.9", true, true),
            ("127.0.0.1", false, true),
            ("100.64.0.1", false, true),
            ("64:ff9b::a00:1", false, true),
            ("2002:7f00:1::", false, true),
            ("0.0.0.0", false, false),
            ("255.255.255.255", false, false),
            ("224.0.0.1", false, false),
            ("::", false, false),
        ] {
            let parsed = address.parse().unwrap();
            let allowed = |policy: AddressPolicy| policy.allows("shop.example", parsed);
            let found = (allowed(AddressPolicy::Public), allowed(AddressPolicy::PrivateToo));
            assert_eq!(found, (public, private), "{address}");
        }
    }
}
