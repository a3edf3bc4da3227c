use std::net::IpAddr;

use application::model::PasswordHash;
use chrono::{DateTime, SecondsFormat, Utc};
use http::StatusCode;
use http_client::Answer;
use serde_json::{Value, json};

use crate::answer::{object, undefined};
use crate::{BackendError, InvalidAnswer};

/// A change of a password. Repeating it is safe: the backend keeps the last change and sequence
/// beside the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetPassword<'a> {
    /// Names the change; the same for every attempt through one link.
    pub change: &'a str,
    /// Counts the attempts of the customer within the change, from 1; a greater one is applied over
    /// a smaller one.
    pub sequence: u32,
    /// The backend's identifier, as [`find`](crate::DirectoryClient::find) returned it.
    pub customer: &'a str,
    /// What `find` returned, so that a change by somebody else is noticed.
    pub version: &'a str,
    /// The new hash in the organisation's scheme.
    pub hash: &'a PasswordHash,
    /// When the customer asked for it.
    pub at: DateTime<Utc>,
    /// Where from, if that is known.
    pub ip: Option<IpAddr>,
}

/// What the backend says became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetPasswordAnswer {
    /// The password is set.
    Applied {
        /// By this call or an earlier one.
        by: Applied,
        /// Whether the customer was signed out everywhere.
        sessions_ended: bool,
    },
    /// Password or address were changed since `find`; nothing was set.
    Stale,
    /// The customer is gone or banned; nothing was set.
    Gone,
    /// The password was used before; nothing was set.
    UsedBefore,
    /// The password breaks a rule of the backend's; nothing was set.
    Policy,
}

/// Which call set a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// This one.
    Now,
    /// An earlier one, of the same change and this sequence or a greater one.
    Before,
}

impl SetPassword<'_> {
    pub(crate) fn body(&self) -> Value {
        json!({
            "change": self.change,
            "sequence": self.sequence,
            "customer": self.customer,
            "version": self.version,
            "hash": self.hash.expose(),
            "at": self.at.to_rfc3339_opts(SecondsFormat::Secs, true),
            "ip": self.ip.map(|ip| ip.to_string()),
        })
    }
}

impl SetPasswordAnswer {
    /// Reads the answer. The status decides; 200 and 422 say the rest in JSON.
    pub(crate) async fn read(answer: Answer) -> Result<Self, BackendError> {
        match answer.status() {
            StatusCode::OK => {
                let answer = object(answer).await?;
                let by = match answer.get("applied").and_then(Value::as_str) {
                    Some("now") => Applied::Now,
                    Some("before") => Applied::Before,
                    _ => return Err(invalid("applied", "now or before").into()),
                };
                let sessions_ended = answer.get("sessionsEnded").and_then(Value::as_bool);
                Ok(Self::Applied { by, sessions_ended: sessions_ended.unwrap_or(false) })
            }
            StatusCode::CONFLICT => {
                answer.discard().await;
                Ok(Self::Stale)
            }
            StatusCode::GONE => {
                answer.discard().await;
                Ok(Self::Gone)
            }
            StatusCode::UNPROCESSABLE_ENTITY => {
                match object(answer).await?.get("reason").and_then(Value::as_str) {
                    Some("used-before") => Ok(Self::UsedBefore),
                    Some("policy") => Ok(Self::Policy),
                    _ => Err(invalid("reason", "used-before or policy").into()),
                }
            }
            status => Err(undefined(status)),
        }
    }

    /// The outcome in `resetd_directory_calls_total`.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Applied { by: Applied::Now, .. } => "applied-now",
            Self::Applied { by: Applied::Before, .. } => "applied-before",
            Self::Stale => "stale",
            Self::Gone => "gone",
            Self::UsedBefore => "used-before",
            Self::Policy => "policy",
        }
    }
}

const fn invalid(field: &'static str, expected: &'static str) -> InvalidAnswer {
    InvalidAnswer { field, expected }
}
