//! Recording, claiming and leases.

use application::model::{ClaimedMail, ClaimedWork, Lease, NewRequest};
use chrono::{DateTime, Utc};
use domain::{CustomerId, CustomerIp, DeliveryState, MailId, OrganisationId, WorkerId};

use super::tables::{MailRow, Tables, mail_of};

/// A mail about to be queued: a request's, or a notice.
pub(super) struct NewMail {
    pub(super) id: MailId,
    pub(super) organisation: OrganisationId,
    pub(super) sandbox: bool,
    pub(super) accepted_at: DateTime<Utc>,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) email: Option<domain::EmailAddress>,
    pub(super) customer: Option<CustomerId>,
    pub(super) customer_ip: Option<CustomerIp>,
}

impl Tables {
    pub(super) fn record(&mut self, request: NewRequest) {
        self.enqueue(NewMail {
            id: mail_of(request.id),
            organisation: request.organisation,
            sandbox: request.sandbox,
            accepted_at: request.accepted_at,
            expires_at: request.expires_at,
            email: Some(request.email),
            customer: None,
            customer_ip: request.customer_ip,
        });
    }

    /// Does nothing when the id is there already.
    pub(super) fn enqueue(&mut self, mail: NewMail) {
        if self.mails.contains_key(&mail.id) {
            return;
        }
        self.recorded += 1;
        let mut row = MailRow {
            number: self.recorded,
            organisation: mail.organisation,
            sandbox: mail.sandbox,
            accepted_at: mail.accepted_at,
            expires_at: mail.expires_at,
            due_at: mail.accepted_at,
            holder: None,
            state: DeliveryState::InQueue,
            no_mail_reason: None,
            attempts: 0,
            sent_at: None,
            last_reply: None,
            email: mail.email,
            customer: mail.customer,
            customer_ip: mail.customer_ip,
            geo: None,
            admitted: false,
            cancelled: false,
            timeline: Vec::new(),
            notes: 0,
        };
        row.note(mail.accepted_at, "accepted", "");
        self.mails.insert(mail.id, row);
    }

    pub(super) fn claim(
        &mut self,
        worker: WorkerId,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: u32,
    ) -> Vec<ClaimedMail> {
        let due = |mail: &MailRow| !mail.state.is_terminal() && mail.due_at <= now;
        let mut mails: Vec<_> = self.mails.iter_mut().filter(|(_, mail)| due(mail)).collect();
        mails.sort_by_key(|(_, mail)| (mail.email.is_none(), mail.accepted_at, mail.number));
        mails.truncate(limit as usize);
        let lease = |(id, mail): (&MailId, &mut MailRow)| {
            mail.holder = Some(worker);
            mail.due_at = lease_until;
            claimed(Lease::new(*id, worker), mail)
        };
        mails.into_iter().filter_map(lease).collect()
    }

    pub(super) fn renew(&mut self, worker: WorkerId, mails: &[MailId], lease_until: DateTime<Utc>) {
        for id in mails {
            if let Some(mail) = self.mails.get_mut(id).filter(|mail| mail.holder == Some(worker)) {
                mail.due_at = lease_until;
            }
        }
    }

    pub(super) fn release(&mut self, worker: WorkerId, keep: &[MailId]) {
        let given_back =
            |(id, mail): &(&MailId, &mut MailRow)| mail.holder == Some(worker) && !keep.contains(id);
        for (_, mail) in self.mails.iter_mut().filter(given_back) {
            mail.holder = None;
            mail.due_at = mail.accepted_at;
        }
    }
}

fn claimed(lease: Lease, mail: &MailRow) -> Option<ClaimedMail> {
    let work = match &mail.email {
        Some(email) => ClaimedWork::Reset {
            email: email.clone(),
            customer_ip: mail.customer_ip,
            geo: mail.geo.clone(),
            admitted: mail.admitted,
        },
        None => ClaimedWork::PasswordChanged { customer: mail.customer?, customer_ip: mail.customer_ip },
    };
    Some(ClaimedMail {
        lease,
        organisation: mail.organisation,
        sandbox: mail.sandbox,
        accepted_at: mail.accepted_at,
        expires_at: mail.expires_at,
        attempts: mail.attempts,
        work,
    })
}
