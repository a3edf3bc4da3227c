use async_trait::async_trait;
use thiserror::Error;

use crate::model::{Delivered, FailureKind, OutgoingMail};

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
