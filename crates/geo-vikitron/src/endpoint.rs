//! The URL of an address at the configured resolver.

use std::net::IpAddr;

use domain::CustomerIp;
use http::uri::Scheme;
use http::{HeaderValue, Uri};

use crate::{BearerToken, VikiTronError, VikiTronOptions};

/// A checked base URL and the header that goes with every request.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    /// Up to and without the slash before `v1`.
    base: String,
    is_https: bool,
    pub(crate) authorization: Option<HeaderValue>,
}

impl Endpoint {
    pub(crate) fn new(options: &VikiTronOptions) -> Result<Self, VikiTronError> {
        let url = options.base_url.trim();
        if url.contains(['?', '#', '@']) {
            return Err(VikiTronError::UrlParts);
        }
        let uri: Uri = url.parse().map_err(|_| VikiTronError::Url)?;
        let is_https = uri.scheme() == Some(&Scheme::HTTPS);
        let host = uri.host().unwrap_or_default();
        if host.is_empty() || !(is_https || uri.scheme() == Some(&Scheme::HTTP)) {
            return Err(VikiTronError::Url);
        }
        let authorization = options.token.as_ref().map(authorization).transpose()?;
        if authorization.is_some() && !is_https && !is_loopback(host) {
            return Err(VikiTronError::TokenInTheClear);
        }
        Ok(Self { base: url.trim_end_matches('/').to_owned(), is_https, authorization })
    }

    pub(crate) fn is_https(&self) -> bool {
        self.is_https
    }

    /// `{base}/v1/ip/{address}`. An IPv6 address stands as it is: a colon is fine in a path (RFC
    /// 3986, section 3.3).
    pub(crate) fn of(&self, ip: CustomerIp) -> Result<Uri, http::uri::InvalidUri> {
        format!("{}/v1/ip/{ip}", self.base).parse()
    }
}

fn authorization(token: &BearerToken) -> Result<HeaderValue, VikiTronError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    if token.expose().is_empty() || !token.expose().bytes().all(allowed) {
        return Err(VikiTronError::Token);
    }
    let mut value =
        HeaderValue::try_from(format!("Bearer {}", token.expose())).map_err(|_| VikiTronError::Token)?;
    value.set_sensitive(true);
    Ok(value)
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(url: &str, token: Option<&str>) -> Result<Endpoint, VikiTronError> {
        let token = token.map(BearerToken::new);
        Endpoint::new(&VikiTronOptions { token, ..VikiTronOptions::new(url) })
    }

    #[test]
    fn the_address_follows_the_base() {
        let of = |base: &str, ip: &str| {
            endpoint(base, None).unwrap().of(CustomerIp::parse(ip).unwrap()).unwrap().to_string()
        };
        assert_eq!(of("http://viki.internal", "1.1.1.1"), "http://viki.internal/v1/ip/1.1.1.1");
        assert_eq!(
            of("https://viki.internal:8443/geo/", "2001:DB8::1"),
            "https://viki.internal:8443/geo/v1/ip/2001:db8::1"
        );
        assert_eq!(of("http://[::1]:9000//", "::ffff:8.8.8.8"), "http://[::1]:9000/v1/ip/8.8.8.8");
    }

    #[test]
    fn other_urls_are_refused() {
        for bad in
            ["", "viki.internal", "/geo", "ftp://viki", "http://", "https:///geo", "http://a b/", "mailto:x"]
        {
            assert_eq!(endpoint(bad, None).unwrap_err(), VikiTronError::Url, "{bad}");
        }
        for bad in ["http://u:p@viki", "http://viki/?a=b", "http://viki/#x"] {
            assert_eq!(endpoint(bad, None).unwrap_err(), VikiTronError::UrlParts, "{bad}");
        }
    }

    #[test]
    fn a_token_travels_encrypted_or_not_at_all() {
        let secret = Some("s3cret-token");
        assert_eq!(endpoint("http://viki.internal", secret).unwrap_err(), VikiTronError::TokenInTheClear);
        for fine in ["https://viki.internal", "http://127.0.0.1:9", "http://[::1]/x", "http://LocalHost"] {
            let endpoint = endpoint(fine, secret).unwrap();
            assert_eq!(endpoint.authorization.as_ref().unwrap(), "Bearer s3cret-token");
            assert!(!format!("{endpoint:?}").contains("s3cret"));
        }
        for bad in ["", "a b", "a\r\nX: y", "ž"] {
            assert_eq!(endpoint("https://viki", Some(bad)).unwrap_err(), VikiTronError::Token, "{bad:?}");
        }
    }

    #[test]
    fn options_do_not_print_the_token() {
        let options = VikiTronOptions {
            token: Some(BearerToken::new("s3cret")),
            ..VikiTronOptions::new("https://viki")
        };
        assert!(!format!("{options:?}").contains("s3cret"));
    }
}
