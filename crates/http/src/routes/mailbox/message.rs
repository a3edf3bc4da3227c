//! A captured message as JSON.

use application::model::CapturedMail;
use chrono::SecondsFormat;
use serde::Serialize;
use utoipa::ToSchema;

use crate::routes::ping::timestamp;

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
