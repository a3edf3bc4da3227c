//! Which URLs and addresses may be called.

use std::net::IpAddr;

use domain::IpScope;
use http::Uri;
use thiserror::Error;
use url::{Host, Url};

/// Why a URL may not be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UrlError {
    /// Not a URL, or neither `https` nor `http`.
    #[error("expected a URL such as https://shop.example/webhooks")]
    NotAUrl,
    /// It holds a user, a password or a fragment.
    #[error("expected scheme, host, port, path and query alone")]
    Parts,
    /// Plain HTTP to another machine.
    #[error(
        "expected https: what happens to customers can be read on the way (http is for loopback hosts alone)"
    )]
    InTheClear,
    /// The host is an address that is not on the public internet.
    #[error("the address is not on the public internet; set webhooks.allow_private to allow it")]
    Private,
}

/// Checks a URL as far as it can be checked without resolving its host: `https`, or `http` to a
/// loopback host, and no private address unless `allow_private`. Loopback is private, too.
///
/// # Errors
/// [`UrlError`], which does not quote the URL.
pub fn check_url(url: &str, allow_private: bool) -> Result<(), UrlError> {
    target(url, allow_private).map(drop)
}

/// The URL in its normal form.
pub(crate) fn target(url: &str, allow_private: bool) -> Result<Uri, UrlError> {
    let url = Url::parse(url).map_err(|_| UrlError::NotAUrl)?;
    let host = url.host().ok_or(UrlError::NotAUrl)?;
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err(UrlError::Parts);
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&host) => {}
        "http" => return Err(UrlError::InTheClear),
        _ => return Err(UrlError::NotAUrl),
    }
    let is_private = match host {
        Host::Ipv4(address) => !may_be_called(address.into(), false),
        Host::Ipv6(address) => !may_be_called(address.into(), false),
        Host::Domain(name) => is_localhost(name),
    };
    if is_private && !allow_private {
        return Err(UrlError::Private);
    }
    url.as_str().parse().map_err(|_| UrlError::NotAUrl)
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
        Host::Domain(name) => is_localhost(name),
    }
}

/// `localhost` and whatever is below it (RFC 6761, section 6.3).
pub(crate) fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// Whether this address may be called: any of the public internet, and with `allow_private` any
/// that is somebody's.
pub(crate) fn may_be_called(address: IpAddr, allow_private: bool) -> bool {
    match IpScope::of(address) {
        IpScope::Global => true,
        IpScope::Multicast | IpScope::Broadcast | IpScope::Unspecified | IpScope::ThisNetwork => false,
        _ => allow_private,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_anywhere_public_and_http_at_home() {
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
            ("http://shop.example/", Err(UrlError::InTheClear), Err(UrlError::InTheClear)),
            ("http://10.0.0.1/", Err(UrlError::InTheClear), Err(UrlError::InTheClear)),
            ("http://localhost.shop.example/", Err(UrlError::InTheClear), Err(UrlError::InTheClear)),
            ("https://user:pw@shop.example/", Err(UrlError::Parts), Err(UrlError::Parts)),
            ("https://shop.example/#x", Err(UrlError::Parts), Err(UrlError::Parts)),
            ("ftp://shop.example/", Err(UrlError::NotAUrl), Err(UrlError::NotAUrl)),
            ("file:///etc/passwd", Err(UrlError::NotAUrl), Err(UrlError::NotAUrl)),
            ("shop.example", Err(UrlError::NotAUrl), Err(UrlError::NotAUrl)),
            ("", Err(UrlError::NotAUrl), Err(UrlError::NotAUrl)),
        ] {
            assert_eq!((check_url(url, false), check_url(url, true)), (public, private), "{url}");
        }
    }

    #[test]
    fn addresses_of_nobody_are_never_called() {
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
            assert_eq!(
                (may_be_called(parsed, false), may_be_called(parsed, true)),
                (public, private),
                "{address}"
            );
        }
    }
}
