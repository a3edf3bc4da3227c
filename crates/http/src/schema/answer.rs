//! The bodies of answers that are no errors.

use application::Authenticated;
use application::model::{CapturedMail, Receipt};
use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_TYPE, LINK};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use domain::RedeemCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

use super::error::{AnsweredCode, ApiError, help};
use super::error_code::ErrorCode;
use super::redeem;

/// The media type of every answer of the API.
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// How many headers an answer has when it leaves, those of hyper included.
const HEADERS: usize = 10;

/// 200 with `body` as JSON.
pub(crate) fn json(body: &impl Serialize) -> Result<Response, ApiError> {
    let body = serde_json::to_vec(body).map_err(|_| ApiError::new(ErrorCode::Internal))?;
    Ok(([(CONTENT_TYPE, JSON)], body).into_response())
}

/// It is done.
#[derive(Serialize, ToSchema)]
pub(crate) struct Success {
    #[schema(schema_with = always_true)]
    success: bool,
}

impl Success {
    /// The answer to a call that did what it was asked to, whoever the customer is.
    pub(crate) fn response() -> Response {
        let mut response = Response::new(Body::from(Bytes::from_static(br#"{"success":true}"#)));
        let headers = response.headers_mut();
        // Room for the headers that the edge adds, so that the map does not grow there.
        headers.reserve(HEADERS);
        headers.insert(CONTENT_TYPE, JSON);
        response
    }
}

/// Why the password was not changed although the call was well-formed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Refused {
    /// Always `false`.
    #[schema(schema_with = always_false)]
    success: bool,
    /// `E001` to `E004`; `/errors/{errorCode}` explains it.
    #[schema(schema_with = redeem_code)]
    error_code: &'static str,
    /// One sentence. It may change.
    message: &'static str,
}

impl From<RedeemCode> for Refused {
    fn from(code: RedeemCode) -> Self {
        Self { success: false, error_code: code.as_str(), message: redeem::texts(code).message }
    }
}

impl Refused {
    /// The answer, status 200.
    pub(crate) fn response(code: RedeemCode) -> Result<Response, ApiError> {
        let mut response = json(&Self::from(code))?;
        response.extensions_mut().insert(AnsweredCode(code.as_str()));
        response.headers_mut().insert(LINK, help(code.as_str()));
        Ok(response)
    }
}

/// The token is redeemed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Changed<'a> {
    #[schema(schema_with = always_true)]
    success: bool,
    /// The organisation's own identifier of the customer; `null` where it gave none.
    #[schema(example = "4711")]
    customer_reference: Option<&'a str>,
    /// The request whose link was redeemed, as `X-Reset-Request-Id` named it.
    #[schema(example = "01997b2c-7d3e-7a41-9c52-0f6f5be3a1d4")]
    request_id: String,
    /// When, RFC 3339 in UTC, to the millisecond.
    #[schema(format = DateTime, example = "2026-11-23T12:00:00.000Z")]
    changed_at: String,
}

impl Changed<'static> {
    /// An answer as the documentation shows it.
    pub(crate) fn example() -> Self {
        Self {
            success: true,
            customer_reference: Some("4711"),
            request_id: "01997b2c-7d3e-7a41-9c52-0f6f5be3a1d4".to_owned(),
            changed_at: "2026-11-23T12:00:00.000Z".to_owned(),
        }
    }
}

impl<'a> From<&'a Receipt> for Changed<'a> {
    fn from(receipt: &'a Receipt) -> Self {
        Self {
            success: true,
            customer_reference: receipt.customer_reference.as_deref(),
            request_id: receipt.request.to_string(),
            changed_at: timestamp(receipt.changed_at, SecondsFormat::Millis),
        }
    }
}

/// Done, or why not.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "the schema of two answers")]
pub(crate) enum SetNewPasswordAnswer {
    Changed(Changed<'static>),
    Refused(Refused),
}

/// Done, or why not.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "the schema of two answers")]
pub(crate) enum ConsumeTokenAnswer {
    Changed(Changed<'static>),
    Refused(Refused),
}

/// What a key is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Pong<'a> {
    /// Always `true`.
    #[schema(example = true)]
    success: bool,
    /// `production`, `development` or `system`.
    #[schema(example = "production")]
    kind: &'static str,
    /// The organisation the key belongs to.
    #[schema(example = "Demo Shop")]
    organisation: &'a str,
    /// What the key may do; empty: everything.
    #[schema(example = json!([]))]
    scopes: Vec<&'static str>,
    /// The first moment at which the key is no longer valid, RFC 3339.
    #[schema(format = DateTime, example = "2030-01-01T00:00:00Z")]
    expires_at: String,
}

impl Pong<'static> {
    /// An answer as the documentation shows it.
    pub(crate) fn example() -> Self {
        Self {
            success: true,
            kind: "production",
            organisation: "Demo Shop",
            scopes: Vec::new(),
            expires_at: "2030-01-01T00:00:00Z".to_owned(),
        }
    }
}

impl<'a> From<&'a Authenticated> for Pong<'a> {
    fn from(caller: &'a Authenticated) -> Self {
        let key = &caller.key.key;
        Self {
            success: true,
            kind: key.kind.as_str(),
            organisation: &caller.key.organisation.name,
            scopes: key.scopes.iter().map(|scope| scope.as_str()).collect(),
            expires_at: timestamp(key.expires_at, SecondsFormat::Secs),
        }
    }
}

/// A mail that was captured instead of sent.
#[derive(Serialize, ToSchema)]
pub(crate) struct Message<'a> {
    /// The mail's identifier.
    #[schema(example = "01997b2c-7d3e-7a41-9c52-0f6f5be3a1d4")]
    id: &'a str,
    /// The recipient.
    #[schema(example = "jan@barasek.com")]
    to: &'a str,
    /// The subject line.
    #[schema(example = "Set a new password – Demo Shop")]
    subject: &'a str,
    /// The plain-text part.
    text: &'a str,
    /// The HTML part.
    html: &'a str,
    /// The link that sets the password; `null` in a mail without one.
    #[schema(example = "https://reset.example.com/reset/8fKq2LxWc0TzB4nYv7RmJ1sPd6HgA9eU")]
    link: Option<&'a str>,
    /// When it was captured, RFC 3339 in UTC, to the millisecond.
    #[schema(format = DateTime, example = "2026-11-23T12:00:00.000Z")]
    created_at: String,
}

impl Message<'static> {
    /// A message as the documentation shows it.
    pub(crate) fn example() -> Self {
        Self {
            id: "01997b2c-7d3e-7a41-9c52-0f6f5be3a1d4",
            to: "jan@barasek.com",
            subject: "Set a new password",
            text: "Set your new password at:\nhttps://reset.example.com/reset/8fKq2LxWc0TzB4nYv7RmJ1sPd6HgA9eU\n",
            html: "<!doctype html>…",
            link: Some("https://reset.example.com/reset/8fKq2LxWc0TzB4nYv7RmJ1sPd6HgA9eU"),
            created_at: "2026-11-23T12:00:00.000Z".to_owned(),
        }
    }
}

impl<'a> From<&'a CapturedMail> for Message<'a> {
    fn from(mail: &'a CapturedMail) -> Self {
        Self {
            id: &mail.id,
            to: &mail.to,
            subject: &mail.subject,
            text: &mail.text,
            html: &mail.html,
            link: mail.link.as_deref(),
            created_at: timestamp(mail.created_at, SecondsFormat::Millis),
        }
    }
}

/// RFC 3339 in UTC, ending in `Z`.
fn timestamp(at: DateTime<Utc>, precision: SecondsFormat) -> String {
    at.to_rfc3339_opts(precision, true)
}

fn always_true() -> Schema {
    always(true)
}

fn always_false() -> Schema {
    always(false)
}

/// A `const`, so that one answer is not taken for the other. utoipa has no field for it; what it
/// flattens into a schema as an extension is a keyword like any other.
fn always(value: bool) -> Schema {
    let constant = Extensions::from_iter([("const", value)]);
    Schema::Object(ObjectBuilder::new().schema_type(Type::Boolean).extensions(Some(constant)).build())
}

fn redeem_code() -> Schema {
    let codes = RedeemCode::ALL.iter().map(|code| code.as_str());
    let code = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(codes))
        .description(Some("Why not; `/errors/{errorCode}` explains it."));
    Schema::Object(code.build())
}
