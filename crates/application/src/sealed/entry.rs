use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{open_json, seal_json};
use crate::model::TimelineEntry;
use crate::ports::{AddressVault, StoreError};

/// One entry of a timeline. Servers quote addresses in their replies, so entries are sealed.
#[derive(Debug, Serialize, Deserialize)]
pub struct Entry {
    /// Milliseconds since the Unix epoch.
    at: i64,
    event: String,
    /// The server that was asked, if one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    detail: String,
    /// Whether `detail` is a server's reply, or the error that stood in its place.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    reply: bool,
}

impl Entry {
    /// Where it is kept.
    pub const PLACE: &'static str = "mail.timeline";

    /// Something that happened.
    #[must_use]
    pub fn of(event: &str, at: DateTime<Utc>, detail: impl Into<String>) -> Self {
        Self {
            at: at.timestamp_millis(),
            event: event.to_owned(),
            host: None,
            detail: detail.into(),
            reply: false,
        }
    }

    /// Why no server was asked.
    #[must_use]
    pub fn error(event: &str, at: DateTime<Utc>, error: String) -> Self {
        Self { reply: true, ..Self::of(event, at, error) }
    }

    /// What a server said.
    #[must_use]
    pub fn attempt(event: &str, at: DateTime<Utc>, host: String, reply: String) -> Self {
        Self { host: Some(host), ..Self::error(event, at, reply) }
    }

    /// Sealed.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it has no JSON form: never.
    pub fn seal(&self, vault: &dyn AddressVault) -> Result<Vec<u8>, StoreError> {
        seal_json(vault, self, Self::PLACE)
    }

    /// Opened.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it is not what [`seal`](Self::seal) makes.
    pub fn open(vault: &dyn AddressVault, sealed: &[u8]) -> Result<Self, StoreError> {
        open_json(vault, sealed, Self::PLACE)
    }

    /// What it tells of, in one word.
    #[must_use]
    pub fn event(&self) -> &str {
        &self.event
    }

    /// The server that was asked, if one was, and the reply or error, if it tells of one.
    #[must_use]
    pub fn into_answer(mut self) -> (Option<String>, Option<String>) {
        (self.host.take(), self.into_reply())
    }

    /// The reply or error it tells of, if it does.
    #[must_use]
    pub fn into_reply(self) -> Option<String> {
        self.reply.then_some(self.detail)
    }
}

impl TryFrom<Entry> for TimelineEntry {
    type Error = StoreError;

    fn try_from(entry: Entry) -> Result<Self, StoreError> {
        let at = DateTime::from_timestamp_millis(entry.at);
        let at = at.ok_or_else(|| StoreError::corrupt(Entry::PLACE, "a time out of range"))?;
        let detail = match entry.host {
            Some(host) => format!("{host}: {}", entry.detail),
            None => entry.detail,
        };
        Ok(Self { at, event: entry.event, detail })
    }
}
