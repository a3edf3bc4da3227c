use std::sync::Arc;

use application::model::{Delivered, FailureKind, OutgoingMail, SANDBOX_MAILS};
use application::new_id;
use application::ports::{Clock, MailSender, Random, SandboxStore, SendError};
use async_trait::async_trait;
use domain::MailId;

use crate::encoded_mail;

/// Where the attempt's record says that a mail went.
const HOST: &str = "sandbox";

/// Keeps the mail of `DEV_` keys in the store, where every replica sees it: the newest
/// [`SANDBOX_MAILS`] of each organisation.
pub struct SandboxCapture {
    /// Where it is kept.
    pub store: Arc<dyn SandboxStore>,
    /// The installation's sender, shown where an organisation has none of its own.
    pub from: String,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// For identifiers: a mail sent twice is there twice.
    pub random: Arc<dyn Random>,
}

#[async_trait]
impl MailSender for SandboxCapture {
    async fn send(&self, mail: &OutgoingMail) -> Result<Delivered, SendError> {
        let captured = encoded_mail::write(mail, &self.from, self.clock.now()).mail;
        let id = new_id(self.clock.as_ref(), self.random.as_ref());
        let id = MailId::from_bytes(*id.as_bytes());
        match self.store.keep_mail(mail.organisation, id, captured, SANDBOX_MAILS).await {
            Ok(()) => Ok(Delivered { host: HOST.to_owned(), reply: "captured".to_owned() }),
            Err(error) => {
                let (host, reply) = (HOST.to_owned(), error.to_string());
                Err(SendError { kind: FailureKind::HostDown, host, reply })
            }
        }
    }
}
