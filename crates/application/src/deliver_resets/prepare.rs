//! From a claimed row to a finished mail.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    CustomerId, CustomerIp, EmailAddress, GeoContext, Language, NoMailReason, RequestId, ResetToken,
};
use tracing::{Instrument, warn};

use super::DeliverResets;
use crate::geo_rules::judge;
use crate::locate::locate;
use crate::model::{
    Admission, ClaimedMail, ClaimedWork, Completion, ComposedMail, Customer, CustomerStatus, GeoAction,
    Issued, MailContent, Organisation, OutgoingMail, SANDBOX_CUSTOMERS, TokenIssue,
};
use crate::new_id;
use crate::ports::{ComposeError, StoreError};
use crate::trace::stage;

/// How long a request that an organisation wants slowed down waits.
const SLOWED: TimeDelta = TimeDelta::minutes(1);

/// What preparing came to.
pub(super) enum Prepared {
    /// Ready to go.
    Mail(Box<OutgoingMail>),
    /// Nothing to send now; record this.
    Done(Completion),
    /// Somebody else has it.
    LeaseLost,
}

impl From<Completion> for Prepared {
    fn from(completion: Completion) -> Self {
        Self::Done(completion)
    }
}

const fn no_mail(reason: NoMailReason) -> Prepared {
    Prepared::Done(Completion::NoMail(reason))
}

/// The parts of a request that preparing needs.
struct Request<'a> {
    id: RequestId,
    email: &'a EmailAddress,
    customer_ip: Option<CustomerIp>,
    geo: Option<GeoContext>,
    admitted: bool,
}

impl DeliverResets {
    /// Everything before the relay.
    pub(super) async fn prepare(&self, mail: &ClaimedMail) -> Result<Prepared, StoreError> {
        let now = self.ports.clock.now();
        if now >= mail.expires_at {
            let reply = "the link would be dead on arrival".to_owned();
            return Ok(Completion::SendingError { host: String::new(), reply }.into());
        }
        let Some(organisation) = self.organisations.find(mail.organisation, now).await? else {
            return Ok(no_mail(NoMailReason::Inactive));
        };
        if organisation.suspended {
            return Ok(no_mail(NoMailReason::Inactive));
        }
        match &mail.work {
            ClaimedWork::Reset { email, customer_ip, geo, admitted } => {
                let id = mail.lease.request();
                let request =
                    Request { id, email, customer_ip: *customer_ip, geo: geo.clone(), admitted: *admitted };
                self.prepare_reset(mail, &organisation, request, now).await
            }
            ClaimedWork::PasswordChanged { customer, .. } => {
                let customer = self.ports.customers.find(*customer).await?;
                self.prepare_notice(mail, &organisation, customer, now).await
            }
        }
    }

    async fn prepare_reset(
        &self,
        mail: &ClaimedMail,
        organisation: &Arc<Organisation>,
        request: Request<'_>,
        now: DateTime<Utc>,
    ) -> Result<Prepared, StoreError> {
        let budget = organisation.settings.address_budget;
        if !request.admitted
            && self.ports.delivery.admit(mail.lease, budget, now).instrument(stage!("admit")).await?
                == Admission::OverBudget
        {
            return Ok(no_mail(NoMailReason::OverBudget));
        }
        // What was sealed is the address alone: the organisation's rules are laid over it again.
        let email = organisation.settings.canonical(request.email.clone());
        let Some(customer) = self.customer(mail, &email, now).await? else {
            return Ok(no_mail(NoMailReason::UnknownAddress));
        };
        let Some(to) = customer.email.clone().filter(|_| customer.status == CustomerStatus::Active) else {
            return Ok(no_mail(NoMailReason::Inactive));
        };
        let geo = match request.geo {
            Some(known) => Some(known),
            None => {
                locate(self.ports.geo.as_ref(), self.settings.geo_deadline, request.customer_ip)
                    .instrument(stage!("geo"))
                    .await
            }
        };
        match judge(&organisation.settings.geo_rules, geo.as_ref()) {
            GeoAction::Refuse => return Ok(no_mail(NoMailReason::Refused)),
            GeoAction::Slow if now < mail.accepted_at + SLOWED => {
                let reason = "slowed down by a rule of the organisation".to_owned();
                return Ok(Completion::NotReadyUntil { due_at: mail.accepted_at + SLOWED, reason }.into());
            }
            GeoAction::Flag | GeoAction::Slow => self.flag(request.id, now).await,
            GeoAction::Allow => {}
        }
        let token = ResetToken::generate(&mut |bytes| self.ports.random.fill(bytes));
        let issue = TokenIssue {
            lease: mail.lease,
            organisation: organisation.id,
            customer: customer.id,
            token: token.hash(),
            at: now,
            expires_at: mail.expires_at,
            geo: geo.clone(),
        };
        match self.ports.tokens.issue(issue).instrument(stage!("issue")).await? {
            Issued::Issued => {}
            Issued::Superseded => return Ok(no_mail(NoMailReason::Superseded)),
            Issued::LeaseLost => return Ok(Prepared::LeaseLost),
        }
        let link = self.links.reset(organisation, &token);
        let cancel = self.links.cancel(&token);
        let content = MailContent {
            reset_url: Some(&link),
            cancel_url: Some(&cancel),
            requested_from: geo.as_ref(),
            ..content(mail, organisation, &customer, mail.expires_at, now)
        };
        let composed = self.ports.composer.compose(content).instrument(stage!("compose")).await;
        Ok(finish(mail, organisation, to, composed, Some(link), now))
    }

    /// Whose mailbox it is. In the sandbox everybody has an account.
    async fn customer(
        &self,
        mail: &ClaimedMail,
        email: &EmailAddress,
        now: DateTime<Utc>,
    ) -> Result<Option<Customer>, StoreError> {
        if !mail.sandbox {
            return self.ports.customers.find_by_email(mail.organisation, email).await;
        }
        let fresh = new_id(self.ports.clock.as_ref(), self.ports.random.as_ref());
        let fresh = CustomerId::from_bytes(*fresh.as_bytes());
        let sandbox = self.ports.sandbox_customers.as_ref();
        sandbox.sandbox_customer(mail.organisation, email, fresh, now, SANDBOX_CUSTOMERS).await.map(Some)
    }

    async fn prepare_notice(
        &self,
        mail: &ClaimedMail,
        organisation: &Arc<Organisation>,
        customer: Option<Customer>,
        now: DateTime<Utc>,
    ) -> Result<Prepared, StoreError> {
        let Some(customer) = customer.filter(|customer| customer.status != CustomerStatus::Deleted) else {
            return Ok(no_mail(NoMailReason::Inactive));
        };
        let Some(to) = customer.email.clone() else { return Ok(no_mail(NoMailReason::UnknownAddress)) };
        let composed =
            self.ports.composer.compose(content(mail, organisation, &customer, mail.accepted_at, now)).await;
        Ok(finish(mail, organisation, to, composed, None, now))
    }

    async fn flag(&self, request: RequestId, now: DateTime<Utc>) {
        let detail = "the place it came from matches a rule of the organisation".to_owned();
        if let Err(error) = self.ports.tokens.note(request, now, "flagged", detail).await {
            warn!(%error, "a flag could not be noted");
        }
    }
}

fn content<'a>(
    mail: &ClaimedMail,
    organisation: &'a Organisation,
    customer: &'a Customer,
    effective_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> MailContent<'a> {
    MailContent {
        kind: mail.kind(),
        organisation,
        customer_name: &customer.name,
        language: language(organisation, customer),
        reset_url: None,
        cancel_url: None,
        effective_at,
        requested_from: None,
        now,
    }
}

fn language(organisation: &Organisation, customer: &Customer) -> Language {
    customer.language.unwrap_or(organisation.settings.language)
}

fn finish(
    mail: &ClaimedMail,
    organisation: &Organisation,
    to: EmailAddress,
    composed: Result<ComposedMail, ComposeError>,
    link: Option<String>,
    now: DateTime<Utc>,
) -> Prepared {
    match composed {
        Ok(content) => Prepared::Mail(Box::new(OutgoingMail {
            id: mail.id(),
            organisation: mail.organisation,
            kind: mail.kind(),
            from: organisation.settings.mail_from.clone(),
            reply_to: organisation.settings.reply_to.clone(),
            to,
            content,
            link,
            date: now,
        })),
        Err(ComposeError::Template { template, error }) => {
            Completion::PreparingError { error: format!("{template}: {error}") }.into()
        }
        Err(ComposeError::Unavailable(error)) => {
            let due_at = now + TimeDelta::seconds(5);
            Completion::NotReadyUntil { due_at, reason: format!("templates are unavailable: {error}") }.into()
        }
    }
}
