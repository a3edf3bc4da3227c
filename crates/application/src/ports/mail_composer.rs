use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::Language;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{GeoContext, Organisation};

/// Which mail. The words are the platform's template types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MailKind {
    /// The link to set a new password.
    #[serde(rename = "contact-reset-password")]
    ResetPassword,
    /// "Your password was changed."
    #[serde(rename = "contact-password-changed")]
    PasswordChanged,
}

impl MailKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::ResetPassword, Self::PasswordChanged];

    /// The template type.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ResetPassword => "contact-reset-password",
            Self::PasswordChanged => "contact-password-changed",
        }
    }

    /// Reads the template type back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What a mail is made of. Holds the link, and so the plain token: its `Debug` says nothing of it.
#[derive(Clone)]
pub struct MailContent<'a> {
    /// Which mail.
    pub kind: MailKind,
    /// Whose templates and layout.
    pub organisation: &'a Organisation,
    /// As the customer spelt it; may be empty.
    pub customer_name: &'a str,
    /// The customer's language, else the organisation's.
    pub language: Language,
    /// The link to the page (reset mails).
    pub reset_url: Option<&'a str>,
    /// The link that says "this was not me" (reset mails answered by resetd's own page).
    pub cancel_url: Option<&'a str>,
    /// When the link dies (reset mails), or when the password was changed.
    pub effective_at: DateTime<Utc>,
    /// Where the request came from, if known.
    pub requested_from: Option<&'a GeoContext>,
    /// The present: decides which templates are active.
    pub now: DateTime<Utc>,
}

impl fmt::Debug for MailContent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailContent")
            .field("kind", &self.kind)
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}

/// A finished mail without its envelope. Holds the link: no `Debug` of the text.
#[derive(Clone, PartialEq, Eq)]
pub struct ComposedMail {
    /// One line, no control characters.
    pub subject: String,
    /// The HTML part.
    pub html: String,
    /// The plain-text part.
    pub text: String,
    /// The language it was written in.
    pub language: Language,
}

impl fmt::Debug for ComposedMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ComposedMail").field("language", &self.language).finish_non_exhaustive()
    }
}

/// Why a mail cannot be made. It ends as `preparing-error`, never as an empty string in an inbox.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ComposeError {
    /// The template is wrong; an operator must mend it.
    #[error("template {template}: {error}")]
    Template {
        /// Which template: type, language, part.
        template: String,
        /// What is wrong, with the line.
        error: String,
    },
    /// The templates cannot be read at present; try again later.
    #[error("templates are unavailable: {0}")]
    Unavailable(String),
}

/// Puts a template in the customer's language into the organisation's layout.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait MailComposer: Send + Sync {
    /// Renders both parts. Every variable MUST be escaped for the part it lands in, and the subject
    /// MUST come out as one line. Language falls back to the organisation's, then to any active
    /// one, then to the built-in.
    ///
    /// # Errors
    /// [`ComposeError::Template`] for an unknown variable or a broken template.
    async fn compose<'a>(&self, content: MailContent<'a>) -> Result<ComposedMail, ComposeError>;
}
