use std::sync::{Arc, Mutex};

use application::model::{CapturedMail, Delivered, OutgoingMail};
use application::ports::{MailArchive, MailSender, SendError, StoreError};
use async_trait::async_trait;
use domain::OrganisationId;

use super::lock;

/// Captures what it is asked to send, and shows it. Clones share everything.
#[derive(Debug, Clone, Default)]
pub struct MemoryArchive(Arc<Mutex<Vec<(OrganisationId, CapturedMail)>>>);

impl MemoryArchive {
    /// With nothing in it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a mail in as the newest.
    pub fn put(&self, organisation: OrganisationId, mail: CapturedMail) {
        lock(&self.0).push((organisation, mail));
    }
}

#[async_trait]
impl MailSender for MemoryArchive {
    async fn send(&self, mail: &OutgoingMail) -> Result<Delivered, SendError> {
        let captured = CapturedMail {
            id: mail.id.to_string(),
            to: mail.to.normalized().to_owned(),
            subject: mail.content.subject.clone(),
            text: mail.content.text.clone(),
            html: mail.content.html.clone(),
            link: mail.link.clone(),
            created_at: mail.date,
            headers: vec![
                ("To".to_owned(), mail.to.normalized().to_owned()),
                ("Subject".to_owned(), mail.content.subject.clone()),
                ("Message-ID".to_owned(), format!("<{}@archive.test>", mail.id)),
            ],
        };
        self.put(mail.organisation, captured);
        Ok(Delivered { host: "archive.test".to_owned(), reply: "captured".to_owned() })
    }
}

#[async_trait]
impl MailArchive for MemoryArchive {
    async fn list(
        &self,
        organisation: Option<OrganisationId>,
        limit: usize,
    ) -> Result<Vec<CapturedMail>, StoreError> {
        let mails = lock(&self.0);
        let wanted =
            mails.iter().rev().filter(|(owner, _)| organisation.is_none_or(|wanted| wanted == *owner));
        Ok(wanted.take(limit).map(|(_, mail)| mail.clone()).collect())
    }
}
