//! The demo's mailbox: a page for people, JSON for scripts. It shows captured mail, and so links
//! that set passwords: it exists in `resetd demo` alone, and answers only under a loopback name, so
//! that no website in the same browser reads it by rebinding its own name to this machine.

mod page;

use std::sync::Arc;

use application::model::CapturedMail;
use application::ports::MailArchive;
use axum::extract::{Path, Request, State};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

use crate::host;
use crate::schema::answer::{Message, json};
use crate::schema::error::ApiError;
use crate::schema::error_code::ErrorCode;

pub(crate) const PAGE: &str = "/dev/mailbox";
pub(crate) const MESSAGES: &str = "/dev/mailbox/messages";
pub(crate) const MESSAGE_HTML: &str = "/dev/mailbox/{id}/html";
pub(crate) const SCRIPT: &str = "/dev/mailbox/app.js";

/// The most messages shown.
const MAX_LISTED: usize = 200;

type Archive = State<Arc<dyn MailArchive>>;

pub(crate) use self::page::handle as page;

/// All messages, newest first.
pub(crate) async fn messages(State(archive): Archive) -> Result<Response, ApiError> {
    let mails = archive.list(None, MAX_LISTED).await?;
    json(&mails.iter().map(Message::from).collect::<Vec<_>>())
}

/// The HTML part of one message, for the frame on the page: no script runs in it, and its links
/// open outside of it.
pub(crate) async fn html(State(archive): Archive, Path(id): Path<String>) -> Result<Response, ApiError> {
    const POLICY: HeaderValue = HeaderValue::from_static(
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; \
         img-src https: data:; frame-ancestors 'self'; form-action 'none'",
    );
    let mails = archive.list(None, MAX_LISTED).await?;
    let mail = find(&mails, &id).ok_or_else(|| ApiError::new(ErrorCode::ResourceNotFound))?;
    Ok(([(CONTENT_SECURITY_POLICY, POLICY)], Html(opening_elsewhere(&mail.html))).into_response())
}

/// The links of `html` open in a new tab: the page behind the link refuses to be framed.
fn opening_elsewhere(html: &str) -> String {
    const BASE: &str = "<base target=\"_blank\">";
    // After the doctype, which means nothing unless it comes first.
    match html.find("<head>").and_then(|at| html.split_at_checked(at + "<head>".len())) {
        Some((before, after)) => format!("{before}{BASE}{after}"),
        None => format!("<!doctype html>{BASE}{html}"),
    }
}

/// What the page looks for new mail with.
pub(crate) async fn script() -> Response {
    crate::html::script(include_str!("../../assets/mailbox.js"))
}

fn find<'a>(mails: &'a [CapturedMail], id: &str) -> Option<&'a CapturedMail> {
    mails.iter().find(|mail| mail.id == id)
}

/// Lets only requests pass that name this machine by an address or as `localhost`.
pub(crate) async fn loopback_names_only(request: Request, next: Next) -> Response {
    if names_loopback(&request) {
        next.run(request).await
    } else {
        ApiError::new(ErrorCode::ResourceNotFound).into_response()
    }
}

fn names_loopback(request: &Request) -> bool {
    let Ok(Some(host)) = host::of(request.version(), request.uri(), request.headers()) else { return false };
    let name = host::name(host);
    name.eq_ignore_ascii_case("localhost") || name.parse::<std::net::IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn a_rebound_name_is_no_loopback_name() {
        for (host, expected) in [
            ("localhost", true),
            ("LOCALHOST:8080", true),
            ("127.0.0.1:8080", true),
            ("[::1]:8080", true),
            ("[::1]", true),
            ("192.168.1.5:8080", true),
            ("evil.example", false),
            ("evil.example:8080", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example:8080", false),
            ("", false),
        ] {
            let asked = |uri: &str| Request::get(uri).header("host", host).body(Body::empty()).unwrap();
            assert_eq!(names_loopback(&asked(PAGE)), expected, "{host}");
            assert!(!names_loopback(&asked("http://evil.example/dev/mailbox")), "{host}");
        }
        assert!(!names_loopback(&Request::get(PAGE).body(Body::empty()).unwrap()));
    }
}
