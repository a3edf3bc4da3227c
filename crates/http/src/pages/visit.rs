//! Tells people from programs, for the timeline alone: nobody is refused for it.

use application::Visitor;
use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, HeaderName, Method};

/// Headers by which browsers and proxies announce a look ahead (`Sec-Purpose` of the Fetch standard
/// and its forerunners).
const PURPOSES: [HeaderName; 4] = [
    HeaderName::from_static("sec-purpose"),
    HeaderName::from_static("purpose"),
    HeaderName::from_static("x-purpose"),
    HeaderName::from_static("x-moz"),
];

/// Parts of the user agents of mail scanners, link previews and scripts, in lower case.
const SCANNERS: [&str; 23] = [
    "bot",
    "crawl",
    "spider",
    "preview",
    "scan",
    "facebookexternalhit",
    "whatsapp",
    "googleimageproxy",
    "safelinks",
    "barracuda",
    "proofpoint",
    "mimecast",
    "symantec",
    "trendmicro",
    "bingpreview",
    "headless",
    "curl/",
    "wget/",
    "python",
    "go-http-client",
    "java/",
    "okhttp",
    "libwww",
];

/// Who seems to be looking. A `HEAD`, a look ahead, a known program or no user agent at all is a
/// scanner.
pub(crate) fn of(method: &Method, headers: &HeaderMap) -> Visitor {
    let announced = PURPOSES.iter().filter_map(|name| headers.get(name)).any(|value| {
        let value = value.as_bytes().to_ascii_lowercase();
        contains(&value, "prefetch") || contains(&value, "prerender") || contains(&value, "preview")
    });
    if *method == Method::HEAD || announced || is_program(headers) {
        Visitor::Scanner
    } else {
        Visitor::Person
    }
}

fn is_program(headers: &HeaderMap) -> bool {
    let Some(agent) = headers.get(USER_AGENT).filter(|agent| !agent.is_empty()) else { return true };
    let agent = agent.as_bytes().to_ascii_lowercase();
    SCANNERS.iter().any(|part| contains(&agent, part))
}

fn contains(text: &[u8], part: &str) -> bool {
    text.windows(part.len()).any(|window| window == part.as_bytes())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    fn visit(method: Method, pairs: &[(&'static str, &'static str)]) -> Visitor {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        of(&method, &pairs.iter().map(pair).collect())
    }

    #[test]
    fn a_browser_is_a_person() {
        assert_eq!(visit(Method::GET, &[("user-agent", BROWSER)]), Visitor::Person);
        assert_eq!(visit(Method::GET, &[("user-agent", BROWSER), ("sec-purpose", "x")]), Visitor::Person);
    }

    #[test]
    fn programs_and_looks_ahead_are_not() {
        assert_eq!(visit(Method::HEAD, &[("user-agent", BROWSER)]), Visitor::Scanner);
        assert_eq!(visit(Method::GET, &[]), Visitor::Scanner);
        for name in ["sec-purpose", "purpose", "x-purpose", "x-moz"] {
            assert_eq!(
                visit(Method::GET, &[("user-agent", BROWSER), (name, "Prefetch;prerender")]),
                Visitor::Scanner
            );
        }
        for agent in [
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            "facebookexternalhit/1.1",
            "Mozilla/5.0 (Windows NT 10.0) SkypeUriPreview Preview/0.5",
            "BarracudaLinkScanner",
            "curl/8.5.0",
            "",
        ] {
            assert_eq!(visit(Method::GET, &[("user-agent", agent)]), Visitor::Scanner, "{agent}");
        }
    }
}
