//! The parts of the public URL, and links below its path.

use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;

fn split(url: &str) -> (&str, &str) {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(start..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| start + at);
    url.split_at_checked(end).unwrap_or((url, ""))
}

/// Scheme, host and port.
pub(crate) fn origin(url: &str) -> &str {
    split(url).0
}

/// The path, without a slash at the end; empty: none.
pub(crate) fn path(url: &str) -> &str {
    split(url).1.trim_end_matches('/')
}

/// Takes `prefix` from the path of a reset page and of its pictures. Nothing else is linked to below
/// the public URL.
pub(crate) fn strip(mut request: Request, prefix: &str) -> Request {
    let stripped = request.uri().path_and_query().and_then(|whole| {
        let rest = whole.as_str().strip_prefix(prefix)?;
        (rest.starts_with("/reset/") || rest.starts_with("/logo/") || rest == "/favicon.svg")
            .then(|| PathAndQuery::try_from(rest).ok())?
    });
    if let Some(rest) = stripped {
        let mut parts = request.uri().clone().into_parts();
        parts.path_and_query = Some(rest);
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn a_url_has_an_origin_and_perhaps_a_path() {
        for (url, expected) in [
            ("https://reset.example.com", ("https://reset.example.com", "")),
            ("https://reset.example.com:8443/", ("https://reset.example.com:8443", "")),
            ("https://example.com/auth/reset-me/", ("https://example.com", "/auth/reset-me")),
        ] {
            assert_eq!((origin(url), path(url)), expected);
        }
    }

    #[test]
    fn only_links_lose_the_prefix() {
        for (prefix, asked, seen) in [
            ("/auth", "/auth/reset/T?a=b", "/reset/T?a=b"),
            ("/auth", "/reset/T", "/reset/T"),
            ("/auth", "/auth/api/v1/ping", "/auth/api/v1/ping"),
            ("/auth", "/authreset/T", "/authreset/T"),
            ("/reset", "/reset/T", "/reset/T"),
            ("/reset", "/reset/reset/T", "/reset/T"),
        ] {
            let request = Request::builder().uri(asked).body(Body::empty()).unwrap();
            assert_eq!(strip(request, prefix).uri().to_string(), seen, "{prefix} {asked}");
        }
    }
}
