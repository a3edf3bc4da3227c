use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{EmailAddress, MailId, OrganisationId};
use thiserror::Error;

use super::{ComposedMail, MailKind};

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

/// A failed attempt.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{host}: {reply}")]
pub struct SendError {
    /// How to go on.
    pub kind: FailureKind,
    /// Which host.
    pub host: String,
    /// The server's last reply, or what happened instead of one. Holds no credentials and no full
    /// address.
    pub reply: String,
}

/// Hands a mail to whoever carries it on.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait MailSender: Send + Sync {
    /// Sends one mail, once. `Ok` MUST mean that the other side answered for it (for SMTP: 250
    /// after the final dot). When the answer was lost the adapter reports a failure, and the mail
    /// may arrive twice: that is the lesser evil.
    ///
    /// Dropping the future gives the attempt up; the connection it used MUST NOT be used again.
    ///
    /// # Errors
    /// [`SendError`], whose kind decides what the queue does next.
    async fn send(&self, mail: &OutgoingMail) -> Result<Delivered, SendError>;

    /// Sees whether the other side would take a connection, with everything that comes before the
    /// first mail (for SMTP: greeting, `EHLO`, TLS, login), and keeps it for that mail. What was
    /// kept from before is not to be trusted.
    ///
    /// # Errors
    /// [`SendError`] of kind [`FailureKind::HostDown`] or [`FailureKind::HostRefuses`].
    async fn connect(&self) -> Result<(), SendError> {
        Ok(())
    }

    /// Takes leave of the other side where something was kept open between mails; for SMTP: QUIT.
    /// To be called where the last mails were sent, after them. It never fails and takes a few
    /// seconds at most; a sender that keeps nothing has nothing to do.
    async fn close(&self) {}
}
