//! The mailbox as a page: a list, and of the chosen message the HTML, the text and the headers.

use std::sync::Arc;

use application::model::CapturedMail;
use application::ports::MailArchive;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;

use super::{MAX_LISTED, find};
use crate::form::{Values, values};
use crate::html::{self, Policy};
use crate::schema::error::ApiError;

/// One line of the list.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    to: &'a str,
    subject: &'a str,
    at: String,
    time: String,
    chosen: bool,
}

/// The chosen message.
#[derive(Serialize)]
struct Chosen<'a> {
    id: &'a str,
    to: &'a str,
    subject: &'a str,
    text: &'a str,
    link: Option<&'a str>,
    at: String,
    headers: &'a [(String, String)],
}

pub(crate) async fn handle(
    State(archive): State<Arc<dyn MailArchive>>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let mails = archive.list(None, MAX_LISTED).await?;
    let query = query.unwrap_or_default();
    let wanted = one(&query, "mail");
    let chosen = wanted.as_deref().and_then(|id| find(&mails, id)).or_else(|| mails.first());
    let view = one(&query, "view").filter(|view| matches!(view.as_str(), "text" | "headers"));
    let lines: Vec<_> = mails.iter().map(|mail| line(mail, chosen)).collect();
    let page = context! {
        lines => Serde(lines),
        chosen => chosen.map(|mail| minijinja::Value::from(Serde(Chosen::from(mail)))),
        pinned => wanted.is_some(),
        view => view.as_deref().unwrap_or("html"),
    };
    html::page("mailbox.html", page, Policy::Mailbox)
}

fn one(query: &str, name: &str) -> Option<String> {
    match values(query.as_bytes(), name) {
        Values::One(value) => Some(value.into_owned()),
        Values::Absent | Values::Malformed => None,
    }
}

fn line<'a>(mail: &'a CapturedMail, chosen: Option<&CapturedMail>) -> Line<'a> {
    Line {
        id: &mail.id,
        to: &mail.to,
        subject: &mail.subject,
        at: mail.created_at.format("%-d %b %Y, %H:%M:%S UTC").to_string(),
        time: mail.created_at.format("%H:%M").to_string(),
        chosen: chosen.is_some_and(|chosen| chosen.id == mail.id),
    }
}

impl<'a> From<&'a CapturedMail> for Chosen<'a> {
    fn from(mail: &'a CapturedMail) -> Self {
        Self {
            id: &mail.id,
            to: &mail.to,
            subject: &mail.subject,
            text: &mail.text,
            link: mail.link.as_deref(),
            at: mail.created_at.format("%-d %b %Y, %H:%M:%S UTC").to_string(),
            headers: &mail.headers,
        }
    }
}
