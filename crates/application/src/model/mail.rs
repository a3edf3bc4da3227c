use std::fmt;

use chrono::{DateTime, Utc};
use domain::{EmailAddress, GeoContext, Language, MailId, OrganisationId};
use serde::{Deserialize, Serialize};

use crate::model::Organisation;

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
/// A mail with its envelope, ready to go.
#[derive(Clone)]
pub struct OutgoingMail {
    /// The same on every attempt; `Message-ID` is made of it, so that mailboxes can fold
    /// duplicates.
    pub id: MailId,
    /// Whose mail.
    pub organisation: OrganisationId,
    /// Which mail.
    pub kind: MailKind,
    /// `Name <user@example.com>` or an address alone. `None`: the installation's sender.
    pub from: Option<String>,
    /// Where answers go, written as `from`. `None`: to the sender.
    pub reply_to: Option<String>,
    /// The stored address of the customer.
    pub to: EmailAddress,
    /// Subject and both parts.
    pub content: ComposedMail,
    /// The link in it, for those who read captured mail by machine.
    pub link: Option<String>,
    /// The `Date` header.
    pub date: DateTime<Utc>,
}

impl fmt::Debug for OutgoingMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutgoingMail").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// The receiving server took responsibility.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// Who took it: host and port, or the directory of a capture.
    pub host: String,
    /// Its last reply (`250 2.0.0 Ok: queued as 4D2A…`).
    pub reply: String,
}

/// How a failed attempt is to be taken. Where a server answered, the code of its reply decides,
/// never the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The host cannot be reached or takes nothing for now (refused, timed out, 421): pause the
    /// whole queue.
    HostDown,
    /// A permanent reply about us, which every mail would meet (greeting, `EHLO`, login): pause the
    /// whole queue, and probe less and less often.
    HostRefuses,
    /// A permanent reply about the sender's address. The installation's sender: as
    /// [`HostRefuses`](Self::HostRefuses). An organisation's own: its mails wait, the others go.
    SenderRefused,
    /// A permanent reply at a recipient that may be about the recipient or about us (`554 5.7.1`):
    /// it is judged by what becomes of the others.
    PolicyRefused,
    /// As [`PolicyRefused`](Self::PolicyRefused), but most probably about the recipient (a bare
    /// `550`).
    RecipientRefused,
    /// This mail was deferred (4xx): try it again later.
    Transient,
    /// This mail will never be taken (5xx about it or its recipient, or an address the server
    /// cannot carry): give up.
    Permanent,
}
