use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use application::model::{Delivered, FailureKind, OutgoingMail};
use application::ports::{MailSender, SendError};
use async_trait::async_trait;
use lettre::message::Mailbox;

use crate::address;
use crate::connect::Connector;
use crate::connection::Connection;
use crate::dkim::{DkimSettings, Signer};
use crate::error::SetupError;
use crate::failure::Failure;
use crate::message::{EncodedMessage, build};
use crate::pool::Pool;
use crate::reply::scrub;
use crate::settings::SmtpSettings;

/// Organisations' senders kept in their parsed form.
const SENDERS: usize = 1_000;

/// Sends mail to one relay over kept connections.
#[derive(Debug)]
pub struct SmtpSender {
    pool: Pool,
    settings: SmtpSettings,
    host: String,
    from: Mailbox,
    signer: Option<Signer>,
    senders: Mutex<HashMap<String, Mailbox>>,
}

impl SmtpSender {
    /// Reads certificates and key; opens no connection yet.
    ///
    /// `from` is the installation's sender, `Name <user@example.com>` or an address alone.
    ///
    /// # Errors
    /// [`SetupError`] for whatever an operator has to mend before a mail can go out.
    pub fn new(settings: SmtpSettings, from: &str, dkim: Option<&DkimSettings>) -> Result<Self, SetupError> {
        let from = address::sender(from).map_err(SetupError::From)?;
        let signer = dkim.map(Signer::load).transpose()?;
        let connector = Connector::new(settings.clone())?;
        Ok(Self {
            pool: Pool::new(connector),
            host: settings.authority(),
            settings,
            from,
            signer,
            senders: Mutex::default(),
        })
    }

    /// Connects, logs in and hangs up: what an operator asks before trusting the settings.
    ///
    /// # Errors
    /// [`SendError`] of kind `HostDown` with the error.
    pub async fn probe(&self) -> Result<(), SendError> {
        let connection = self.pool.open().await.map_err(|failure| self.error(&failure))?;
        connection.quit().await;
        Ok(())
    }

    /// The message as it would go out, headers, signature and all, for an operator to look at.
    ///
    /// # Errors
    /// [`SendError`] of kind `Permanent` when no message can be made of `mail`.
    pub async fn render(&self, mail: &OutgoingMail) -> Result<Vec<u8>, SendError> {
        Ok(self.message(mail).await?.bytes)
    }

    fn sender(&self, own: Option<&str>) -> Result<Mailbox, SendError> {
        let Some(own) = own else { return Ok(self.from.clone()) };
        let mut senders = self.senders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = senders.get(own) {
            return Ok(known.clone());
        }
        let mailbox = address::sender(own).map_err(|error| self.unbuildable(error))?;
        if senders.len() >= SENDERS {
            senders.clear();
        }
        senders.insert(own.to_owned(), mailbox.clone());
        Ok(mailbox)
    }

    async fn message(&self, mail: &OutgoingMail) -> Result<EncodedMessage, SendError> {
        let from = self.sender(mail.from.as_deref())?;
        let mut message = build(mail, &from).map_err(|error| self.unbuildable(&error))?;
        if let Some(signer) = &self.signer {
            if signer.slow {
                let signer = signer.clone();
                let signed = tokio::task::spawn_blocking(move || {
                    signer.sign(&mut message);
                    message
                });
                message =
                    signed.await.map_err(|error| self.unbuildable(&format!("signing failed: {error}")))?;
            } else {
                signer.sign(&mut message);
            }
        }
        Ok(EncodedMessage { from: from.email, to: address::recipient(&mail.to), bytes: message.formatted() })
    }

    async fn deliver(&self, message: &EncodedMessage) -> Result<String, Failure> {
        let _place = self.pool.place().await?;
        if let Some(kept) = self.pool.kept() {
            match self.attempt(kept, message).await {
                Err(failure) if failure.is_stale() => {
                    metrics::counter!("resetd_smtp_stale_connections_total").increment(1);
                    tracing::debug!(host = %self.host, "a kept connection was stale");
                }
                outcome => return outcome,
            }
        }
        let fresh = self.pool.open().await?;
        self.attempt(fresh, message).await
    }

    /// Owns the connection: dropping this future closes it.
    async fn attempt(&self, mut connection: Connection, message: &EncodedMessage) -> Result<String, Failure> {
        let outcome = connection.send_message(message, self.settings.command_timeout).await;
        match &outcome {
            Err(failure) if !failure.leaves_connection_usable() => drop(connection),
            _ => self.pool.keep(connection),
        }
        outcome
    }

    /// A server's words without addresses, and without our credentials, which some servers repeat.
    fn clean(&self, reply: &str) -> String {
        let secrets = self.settings.login.iter().flat_map(|login| login.written(reply));
        let reply = secrets.fold(reply.to_owned(), |reply, secret| reply.replace(&secret, "***"));
        scrub(&reply)
    }

    fn error(&self, failure: &Failure) -> SendError {
        SendError { kind: failure.kind(), host: self.host.clone(), reply: self.clean(&failure.text()) }
    }

    /// A mail that cannot be made will never be taken.
    fn unbuildable(&self, error: &str) -> SendError {
        SendError { kind: FailureKind::Permanent, host: self.host.clone(), reply: scrub(error) }
    }
}

#[async_trait]
impl MailSender for SmtpSender {
    async fn send(&self, mail: &OutgoingMail) -> Result<Delivered, SendError> {
        let message = self.message(mail).await?;
        match self.deliver(&message).await {
            Ok(reply) => Ok(Delivered { host: self.host.clone(), reply: self.clean(&reply) }),
            Err(failure) => Err(self.error(&failure)),
        }
    }

    async fn connect(&self) -> Result<(), SendError> {
        let _place = self.pool.place().await.map_err(|failure| self.error(&failure))?;
        self.pool.forget();
        let connection = self.pool.open().await.map_err(|failure| self.error(&failure))?;
        self.pool.keep(connection);
        Ok(())
    }

    async fn close(&self) {
        self.pool.close_idle().await;
    }
}
