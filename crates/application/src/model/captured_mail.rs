use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A mail that was captured instead of sent. The plain mail, and so the token: no `Debug` of the
/// text.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapturedMail {
    /// The mail's identity.
    pub id: String,
    /// The recipient, in full: this is the mail.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// The plain-text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// The link in it.
    pub link: Option<String>,
    /// When it was captured, RFC 3339.
    pub created_at: DateTime<Utc>,
    /// The header lines, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
}

impl fmt::Debug for CapturedMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CapturedMail").field("id", &self.id).finish_non_exhaustive()
    }
}
