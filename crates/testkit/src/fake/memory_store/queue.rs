use application::model::{MailDetail, MailFilter, MailKind, MailSummary, QueueDepth};
use application::ports::{MailQueue, StoreError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{DeliveryState, MailId};

use super::MemoryStore;
use super::tables::{MailRow, Tables, mail_of};

#[async_trait]
impl MailQueue for MemoryStore {
    async fn list(&self, filter: MailFilter) -> Result<Vec<MailSummary>, StoreError> {
        let tables = self.tables();
        let wanted = |mail: &MailRow| {
            filter.organisation.is_none_or(|wanted| wanted == mail.organisation)
                && filter.state.is_none_or(|wanted| wanted == mail.state)
        };
        let mut mails: Vec<_> = tables.mails.iter().filter(|(_, mail)| wanted(mail)).collect();
        mails.sort_by_key(|(_, mail)| std::cmp::Reverse((mail.accepted_at, mail.number)));
        Ok(mails
            .into_iter()
            .take(filter.limit as usize)
            .map(|(id, mail)| tables.summary(*id, mail))
            .collect())
    }

    async fn show(&self, id: MailId) -> Result<Option<MailDetail>, StoreError> {
        let tables = self.tables();
        Ok(tables.mails.get(&id).map(|mail| MailDetail {
            summary: tables.summary(id, mail),
            customer: mail.customer,
            customer_ip: mail.customer_ip,
            geo: mail.geo.clone(),
            timeline: mail.timeline.clone(),
        }))
    }

    async fn retry(&self, id: MailId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut tables = self.tables();
        let links = || tables.links.values().filter(|link| mail_of(link.request) == id);
        let dead = links().any(|_| true) && !links().any(|link| link.state(now).is_good());
        let Some(mail) = tables.mails.get_mut(&id) else { return Ok(false) };
        let waits = mail.state.may_be_retried() || mail.state == DeliveryState::WaitingForNextAttempt;
        if dead || !waits || mail.expires_at <= now {
            return Ok(false);
        }
        // A mail on its way stays with its worker.
        if mail.holder.is_none() {
            mail.state = DeliveryState::InQueue;
            mail.due_at = now;
            mail.note(now, "retried", "");
        }
        Ok(true)
    }

    async fn retry_since(
        &self,
        state: DeliveryState,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let ids: Vec<MailId> = {
            let tables = self.tables();
            let wanted = tables.mails.iter();
            let wanted = wanted.filter(|(_, mail)| {
                mail.state == state && mail.accepted_at >= since && mail.holder.is_none()
            });
            wanted.map(|(id, _)| *id).collect()
        };
        let mut retried = 0;
        for id in ids {
            retried += u64::from(self.retry(id, now).await?);
        }
        Ok(retried)
    }

    async fn depths(&self) -> Result<Vec<QueueDepth>, StoreError> {
        let tables = self.tables();
        let depth = |state: &DeliveryState| {
            let accepted =
                tables.mails.values().filter(|mail| mail.state == *state).map(|mail| mail.accepted_at);
            let count = accepted.clone().count() as u64;
            (count > 0).then(|| QueueDepth { state: *state, count, oldest: accepted.min() })
        };
        Ok(DeliveryState::ALL.iter().filter(|state| !state.is_terminal()).filter_map(depth).collect())
    }
}

impl Tables {
    fn summary(&self, id: MailId, mail: &MailRow) -> MailSummary {
        let stored =
            || mail.customer.and_then(|customer| self.customers.get(&customer)?.customer.email.as_ref());
        let address = mail.email.as_ref().or_else(stored);
        MailSummary {
            id,
            kind: if mail.email.is_some() { MailKind::ResetPassword } else { MailKind::PasswordChanged },
            organisation: mail.organisation,
            sandbox: mail.sandbox,
            address: address.map(|address| address.masked().to_string()).unwrap_or_default(),
            state: mail.state,
            no_mail_reason: mail.no_mail_reason,
            attempts: mail.attempts,
            accepted_at: mail.accepted_at,
            due_at: mail.due_at,
            expires_at: mail.expires_at,
            sent_at: mail.sent_at,
            last_reply: mail.last_reply.clone(),
        }
    }
}
