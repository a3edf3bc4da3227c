//! Whether a form was sent by the page it stands on.
//!
//! The token in the path is the capability: a foreign site that knows it needs no forgery. This is
//! the second line, for a link that leaked into a place which can make a browser post but not read.

use axum::http::HeaderValue;
use axum::http::header::{HeaderName, ORIGIN};
use axum::http::request::Parts;

use crate::host;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// `Sec-Fetch-Site` decides where there is one (Fetch Metadata); else `Origin`, where it names a
/// host. A page with `Referrer-Policy: no-referrer` sends the origin `null`, so that says nothing.
///
/// Behind a proxy that does not pass `Host` on, the origin is that of the public URL.
pub(crate) fn is_plausible(head: &Parts, public_origin: &str) -> bool {
    let headers = &head.headers;
    if let Some(site) = headers.get(FETCH_SITE) {
        return matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    let Some(origin) = headers.get(ORIGIN).filter(|origin| *origin != "null") else { return true };
    if origin.as_bytes().eq_ignore_ascii_case(public_origin.as_bytes()) {
        return true;
    }
    let Ok(Some(host)) = host::of(head.version, &head.uri, headers) else { return false };
    authority(origin).is_some_and(|authority| authority.eq_ignore_ascii_case(host.as_bytes()))
}

fn authority(origin: &HeaderValue) -> Option<&[u8]> {
    let origin = origin.as_bytes();
    origin.strip_prefix(b"https://").or_else(|| origin.strip_prefix(b"http://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plausible(pairs: &[(&'static str, &'static str)]) -> bool {
        let mut request = axum::http::Request::new(());
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        *request.headers_mut() = pairs.iter().map(pair).collect();
        is_plausible(&request.into_parts().0, "https://public.example")
    }

    #[test]
    fn the_page_itself_may_post() {
        assert!(plausible(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(plausible(&[("sec-fetch-site", "none")]));
        assert!(plausible(&[("origin", "https://reset.example.com"), ("host", "reset.example.com")]));
        assert!(plausible(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]));
        assert!(plausible(&[("origin", "null"), ("host", "reset.example.com")]));
        assert!(plausible(&[("origin", "https://public.example"), ("host", "127.0.0.1:8080")]));
        assert!(plausible(&[]));
    }

    #[test]
    fn other_sites_may_not() {
        for site in ["cross-site", "same-site", ""] {
            assert!(!plausible(&[("sec-fetch-site", site), ("origin", "null")]), "{site}");
        }
        assert!(!plausible(&[("origin", "https://evil.example"), ("host", "reset.example.com")]));
        assert!(!plausible(&[
            ("origin", "https://reset.example.com.evil.example"),
            ("host", "reset.example.com")
        ]));
        for origin in
            ["http://public.example", "https://public.example:8443", "https://public.example.evil.test"]
        {
            assert!(!plausible(&[("origin", origin), ("host", "127.0.0.1:8080")]), "{origin}");
        }
        assert!(!plausible(&[("origin", "file://"), ("host", "reset.example.com")]));
    }
}
