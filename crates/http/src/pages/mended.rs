//! Links that a mail program or a person has lengthened: by a slash, a full stop, a bracket, a
//! quote.

use axum::extract::RawPathParams;
use axum::http::header::LOCATION;
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use domain::ResetToken;

use super::view::{Page, Rendered};

/// `text` without what is no letter and no digit at its edges, if that leaves a token.
fn token(text: &str) -> Option<&str> {
    let token = trimmed(text);
    ResetToken::parse(token).is_ok().then_some(token)
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(|letter: char| !letter.is_ascii_alphanumeric())
}

/// To the page that was meant, if `path` (decoded) is one and was not written as it should be.
pub(super) fn redirect(token_text: &str, rest: &str, uri: &Uri) -> Option<Response> {
    let token = token(token_text)?;
    let target = match trimmed(rest) {
        "" => token.to_owned(),
        "not-me" => format!("{token}/not-me"),
        _ => return None,
    };
    let path = uri.path();
    let below = path.strip_prefix("/reset/").unwrap_or_default();
    if below == target {
        return None;
    }
    // Relative, so that it holds under whatever path a proxy puts this service; `./` as a token
    // could be a scheme.
    let up = "../".repeat(below.matches('/').count());
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let location = format!("./{up}{target}{query}");
    Some((StatusCode::PERMANENT_REDIRECT, [(LOCATION, location)]).into_response())
}

/// The page that was meant, or one that explains.
pub(crate) async fn handle(parameters: RawPathParams, head: Parts) -> Rendered {
    let value = |wanted| parameters.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value);
    match redirect(value("token").unwrap_or_default(), value("rest").unwrap_or_default(), &head.uri) {
        Some(redirect) => Ok(redirect),
        None => Page::for_stranger(&head).unknown(),
    }
}
