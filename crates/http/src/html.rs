//! Pages: templates compiled into the binary, escaped, each under a strict content security policy.
//! Styles stand in the page itself and are allowed by their hash, so that a page is one answer.

use std::sync::LazyLock;

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::{Environment, HtmlEscape, Value, context};
use sha2::{Digest, Sha256};
use tracing::error;

use crate::schema::error::ApiError;
use crate::schema::error_code::ErrorCode;

const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

const STYLE: &str = include_str!("../assets/page.css");
const MAILBOX_STYLE: &str = include_str!("../assets/mailbox.css");
const DOCS_STYLE: &str = include_str!("../assets/docs.css");
/// Shows and hides what is typed. The form works without it.
const RESET_SCRIPT: &str = include_str!("../assets/reset.js");

const TEMPLATES: [(&str, &str); 8] = [
    ("base.html", include_str!("../templates/base.html")),
    ("reset-form.html", include_str!("../templates/reset-form.html")),
    ("reset-notice.html", include_str!("../templates/reset-notice.html")),
    ("root.html", include_str!("../templates/root.html")),
    ("errors.html", include_str!("../templates/errors.html")),
    ("error.html", include_str!("../templates/error.html")),
    ("mailbox.html", include_str!("../templates/mailbox.html")),
    ("docs.html", include_str!("../templates/docs.html")),
];

/// What a page may load, and so which style it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Policy {
    /// Its own style.
    Static,
    /// A form to itself, the script that helps with it, perhaps the organisation's logo and colour.
    Reset {
        /// Whether there is a logo.
        logo: bool,
        /// The style of the colour.
        accent: Option<String>,
    },
    /// Frames, script and data of the mailbox.
    Mailbox,
    /// Script and calls of the reference page.
    Docs,
}

/// What every page allows: nothing from anywhere, framing by nobody.
const NOTHING: &str = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";

struct Policies {
    fixed: HeaderValue,
    reset: HeaderValue,
    mailbox: HeaderValue,
    docs: HeaderValue,
}

static POLICIES: LazyLock<Policies> = LazyLock::new(|| {
    let (style, script) = (hash(STYLE), hash(RESET_SCRIPT));
    let (mailbox, docs) = (hash(MAILBOX_STYLE), hash(DOCS_STYLE));
    let reset = format!("{NOTHING}; form-action 'self'; style-src {style}; script-src {script}");
    Policies {
        fixed: header(&format!("{NOTHING}; form-action 'none'; style-src {style}")),
        reset: header(&reset),
        mailbox: header(&format!(
            "{NOTHING}; form-action 'none'; style-src {mailbox}; script-src 'self'; connect-src 'self'; frame-src 'self'"
        )),
        docs: header(&format!(
            "{NOTHING}; form-action 'none'; style-src {docs}; script-src 'self'; connect-src 'self'"
        )),
    }
});

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.add_filter("marked", marked);
    for (name, source) in TEMPLATES {
        if let Err(error) = environment.add_template(name, source) {
            error!(name, %error, "a built-in template is wrong");
        }
    }
    environment
});

/// Escapes a text and marks as code what stands between its back-ticks.
fn marked(text: &str) -> Value {
    let pieces = text.split('`').map(HtmlEscape).enumerate();
    let pieces = pieces.map(
        |(place, piece)| if place % 2 == 1 { format!("<code>{piece}</code>") } else { piece.to_string() },
    );
    Value::from_safe_string(pieces.collect())
}

/// A CSP source that allows an inline style or script with exactly this text (CSP level 3, section
/// 6.7.3).
fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

fn header(policy: &str) -> HeaderValue {
    HeaderValue::from_str(policy).unwrap_or(HeaderValue::from_static(NOTHING))
}

impl Policy {
    fn header(&self) -> HeaderValue {
        match self {
            Self::Static => POLICIES.fixed.clone(),
            Self::Reset { logo: false, accent: None } => POLICIES.reset.clone(),
            Self::Reset { logo, accent } => {
                let (style, script) = (hash(STYLE), hash(RESET_SCRIPT));
                let accent = accent.as_deref().map(hash).unwrap_or_default();
                let logo = if *logo { "; img-src 'self'" } else { "" };
                header(&format!(
                    "{NOTHING}; form-action 'self'; style-src {style} {accent}; script-src {script}{logo}"
                ))
            }
            Self::Mailbox => POLICIES.mailbox.clone(),
            Self::Docs => POLICIES.docs.clone(),
        }
    }

    const fn style(&self) -> &'static str {
        match self {
            Self::Static | Self::Reset { .. } => STYLE,
            Self::Mailbox => MAILBOX_STYLE,
            Self::Docs => DOCS_STYLE,
        }
    }
}

/// Makes templates and policies now, so that the first visitor does not wait for it.
pub(crate) fn warm_up() {
    LazyLock::force(&ENVIRONMENT);
    LazyLock::force(&POLICIES);
}

/// A page with status 200.
pub(crate) fn page(template: &str, content: Value, policy: Policy) -> Result<Response, ApiError> {
    let trusted = context! {
        style => Value::from_safe_string(policy.style().to_owned()),
        accent_style => accent(&policy),
        script => Value::from_safe_string(RESET_SCRIPT.to_owned()),
    };
    let rendered = ENVIRONMENT
        .get_template(template)
        .and_then(|template| template.render(context! { ..content, ..trusted }))
        .map_err(|error| {
            error!(template, %error, "a page could not be rendered");
            ApiError::new(ErrorCode::Internal)
        })?;
    let headers = [
        (CONTENT_SECURITY_POLICY, policy.header()),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (ROBOTS, HeaderValue::from_static("noindex, nofollow")),
    ];
    Ok((headers, Html(rendered)).into_response())
}

/// The style of an organisation's colour, made of hexadecimal digits.
fn accent(policy: &Policy) -> Option<Value> {
    let Policy::Reset { accent: Some(style), .. } = policy else { return None };
    Some(Value::from_safe_string(style.clone()))
}

/// A script of the binary's own.
pub(crate) fn script(text: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8")),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, text).into_response()
}

/// A page with another status.
pub(crate) fn page_with(
    status: StatusCode,
    template: &str,
    content: Value,
    policy: Policy,
) -> Result<Response, ApiError> {
    let mut response = page(template, content, policy)?;
    *response.status_mut() = status;
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_compiles() {
        for (name, _) in TEMPLATES {
            assert!(ENVIRONMENT.get_template(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn marked_text_is_escaped() {
        assert_eq!(marked("a < b `c > d` e").to_string(), "a &lt; b <code>c &gt; d</code> e");
    }

    #[test]
    fn an_inline_style_or_script_cannot_end_its_element() {
        for text in [STYLE, MAILBOX_STYLE, DOCS_STYLE, RESET_SCRIPT] {
            assert!(!text.contains("</"));
        }
    }

    #[test]
    fn every_policy_begins_with_nothing() {
        for policy in [
            Policy::Static,
            Policy::Reset { logo: true, accent: Some(":root{--accent:#7a3b00}".to_owned()) },
            Policy::Mailbox,
            Policy::Docs,
        ] {
            let header = policy.header();
            let text = header.to_str().unwrap();
            assert!(text.starts_with(NOTHING) && text.len() > NOTHING.len(), "{text}");
            assert!(!text.contains("unsafe"), "{text}");
        }
    }
}
