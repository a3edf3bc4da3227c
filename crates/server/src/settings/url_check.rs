//! What may be a public URL, and how a URL with credentials is shown.

use url::{Host, Url};

/// Names that RFC 6761 and RFC 2606 keep out of the public DNS.
const SPECIAL_USE: [&str; 4] = ["localhost", "test", "example", "invalid"];

/// `https` anywhere, `http` only where the host is this machine or can exist nowhere.
pub(super) fn check_public_url(text: &str) -> Result<(), &'static str> {
    let url = Url::parse(text).map_err(|_| "expected a URL such as https://reset.example.com")?;
    let host = url.host().ok_or("the URL has no host")?;
    if !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return Err("expected scheme, host, port and path alone");
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if stays_here(&host) => Ok(()),
        "http" => Err(
            "unsafe: reset links over http can be read on the way; use https (http is for loopback hosts alone)",
        ),
        _ => Err("expected https"),
    }
}

fn stays_here(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
        Host::Domain(name) => {
            let last = name.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
            SPECIAL_USE.contains(&last)
        }
    }
}

/// A link that goes into mails: `https` anywhere, `http` only where it cannot leave this machine.
pub(crate) fn check_public_link(text: &str) -> Result<(), &'static str> {
    let url = Url::parse(text).map_err(|_| "expected a URL")?;
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => Ok(()),
        ("http", Some(host)) if stays_here(&host) => Ok(()),
        _ => Err("expected https (http is for loopback hosts alone)"),
    }
}

const MASK: &str = "********";

/// What is shown of a setting that is a URL: without user information, the fragment and the value
/// of every parameter that is not known to be harmless. Stars where it is no URL.
pub(crate) fn masked_url(text: &str) -> String {
    /// Parameters whose values say nothing secret; whatever else a driver takes may be a password
    /// by another name.
    const HARMLESS: [&str; 10] = [
        "tls",
        "hello",
        "mode",
        "host",
        "port",
        "dbname",
        "sslmode",
        "sslrootcert",
        "application_name",
        "connect_timeout",
    ];
    // A path of SQLite or a directory may be no URL in the eyes of the parser, and has no place for
    // a secret but its query.
    let Ok(mut url) = Url::parse(text) else { return MASK.to_owned() };
    let named = !url.username().is_empty() || url.password().is_some();
    let secret = |name: &str| !HARMLESS.contains(&name);
    let hides = url.query_pairs().any(|(name, value)| secret(&name) && !value.is_empty());
    let bare =
        url.query().is_some_and(|query| query.split('&').any(|part| !part.is_empty() && !part.contains('=')));
    if !named && !hides && !bare && url.fragment().is_none() {
        return text.to_owned();
    }
    if named && (url.set_username(MASK).is_err() || url.set_password(None).is_err()) {
        return MASK.to_owned();
    }
    if url.fragment().is_some() {
        url.set_fragment(Some(MASK));
    }
    if let Some(query) = url.query().map(str::to_owned) {
        let masked = query.split('&').map(|part| match part.split_once('=') {
            Some((name, _)) if secret(&name.to_ascii_lowercase()) => format!("{name}={MASK}"),
            Some(_) => part.to_owned(),
            None if part.is_empty() => String::new(),
            None => MASK.to_owned(),
        });
        url.set_query(Some(&masked.collect::<Vec<_>>().join("&")));
    }
    url.to_string()
}
