//! What a worker reports of the mail it holds: budget, token, outcome.

use application::model::{AddressBudget, Admission, Completion, Issued, Lease, TokenIssue};
use application::ports::StoreError;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{DeliveryState, RequestId, WebhookEventType};

use super::tables::{LinkRow, MailRow, Tables, mail_of};

/// No budget looks back further.
pub(super) const LONGEST_WINDOW: TimeDelta = TimeDelta::hours(1);

impl Tables {
    pub(super) fn admit(
        &mut self,
        request: RequestId,
        budget: AddressBudget,
        now: DateTime<Utc>,
    ) -> Result<Admission, StoreError> {
        let unknown = StoreError::Corrupt { place: "mails.id", error: "no such request".to_owned() };
        let mail = self.mails.get_mut(&mail_of(request)).ok_or_else(|| unknown.clone())?;
        let canonical = mail.email.as_ref().ok_or(unknown)?.canonical().to_owned();
        let counted = self.admitted.entry((mail.organisation, mail.sandbox, canonical)).or_default();
        if counted.iter().any(|(known, _)| *known == request) {
            return Ok(Admission::Admitted);
        }
        let within = |window: TimeDelta| {
            counted.iter().filter(|(_, at)| now.signed_duration_since(*at) < window).count()
        };
        if within(TimeDelta::minutes(1)) >= budget.per_minute as usize
            || within(LONGEST_WINDOW) >= budget.per_hour as usize
        {
            return Ok(Admission::OverBudget);
        }
        counted.push((request, now));
        mail.admitted = true;
        self.report(WebhookEventType::Requested, mail_of(request), now, None);
        Ok(Admission::Admitted)
    }

    pub(super) fn issue(&mut self, issue: TokenIssue) -> Issued {
        let id = mail_of(issue.lease.request());
        let Some(mail) = self.mails.get(&id).filter(|mail| mail.holder == Some(issue.lease.worker)) else {
            return Issued::LeaseLost;
        };
        let (age, accepted_at, cancelled) =
            ((mail.accepted_at, mail.number), mail.accepted_at, mail.cancelled);
        let age_of = |request| self.mails.get(&mail_of(request)).map(|mail| (mail.accepted_at, mail.number));
        let (customer, request) = (issue.customer, issue.lease.request());
        let own = |link: &LinkRow| link.customer == customer && link.request != request;
        // What happened in the future, seen from a request of the past, says nothing of what came
        // first.
        let comparable = |then: DateTime<Utc>| then <= issue.at || accepted_at > issue.at;
        let newer = self.links.values().filter(|link| own(link)).filter_map(|link| age_of(link.request));
        let newer = newer.into_iter().any(|other| other > age && comparable(other.0));
        let row = self.customers.get(&issue.customer);
        let set_at = row.and_then(|row| row.links_from);
        let foreign = row.is_some_and(|row| row.sandbox != mail.sandbox);
        let set_since = set_at.is_some_and(|set_at| set_at > accepted_at && comparable(set_at));
        if foreign || cancelled || newer || set_since {
            return Issued::Superseded;
        }
        self.kill_links(issue.at, own);
        self.links.insert(
            issue.token,
            LinkRow {
                request: issue.lease.request(),
                organisation: issue.organisation,
                customer: issue.customer,
                expires_at: issue.expires_at,
                used_at: None,
                repetition: None,
                superseded: false,
            },
        );
        if let Some(mail) = self.mails.get_mut(&id) {
            mail.customer = Some(issue.customer);
            if let Some(geo) = issue.geo.filter(|geo| mail.geo.as_ref() != Some(geo)) {
                mail.note(issue.at, "resolved", geo.country_code.clone().unwrap_or_default());
                mail.geo = Some(geo);
            }
            mail.note(issue.at, "rendered", "");
        }
        Issued::Issued
    }

    pub(super) fn complete(&mut self, lease: Lease, completion: Completion, now: DateTime<Utc>) -> bool {
        let Some(mail) = self.mails.get_mut(&lease.mail).filter(|mail| mail.holder == Some(lease.worker))
        else {
            return false;
        };
        mail.holder = None;
        mail.due_at = now;
        let reported = reported(&completion);
        match completion {
            Completion::Sent { host, reply } => {
                attempt(mail, DeliveryState::Sent, "sent", &host, reply, now);
                mail.sent_at = Some(now);
            }
            Completion::RetryAt { due_at, host, reply } => {
                attempt(mail, DeliveryState::WaitingForNextAttempt, "attempt", &host, reply, now);
                mail.due_at = due_at;
            }
            Completion::NotReadyUntil { due_at, reason } => {
                end(mail, DeliveryState::NotReadyToQueue, reason, now);
                mail.due_at = due_at;
            }
            Completion::PreparingError { error } => end(mail, DeliveryState::PreparingError, error, now),
            Completion::SendingError { host, reply } if host.is_empty() => {
                end(mail, DeliveryState::SendingError, reply, now);
            }
            Completion::SendingError { host, reply } => {
                attempt(mail, DeliveryState::SendingError, "attempt", &host, reply, now);
            }
            Completion::Undeliverable { host, reply } if host.is_empty() => {
                end(mail, DeliveryState::Undeliverable, reply, now);
            }
            Completion::Undeliverable { host, reply } => {
                attempt(mail, DeliveryState::Undeliverable, "attempt", &host, reply, now);
            }
            Completion::NoMail(reason) => {
                mail.state = DeliveryState::NoMail;
                mail.no_mail_reason = Some(reason);
                mail.note(now, DeliveryState::NoMail.as_str(), reason.as_str());
            }
        }
        if let Some((event, relay)) = reported {
            self.report(event, lease.mail, now, Some(relay));
        }
        true
    }
}

/// What endpoints are notified of: the event, the host and the reply.
fn reported(completion: &Completion) -> Option<(WebhookEventType, (Option<String>, String))> {
    let (event, host, reply) = match completion {
        Completion::Sent { host, reply } => (WebhookEventType::Sent, host, reply),
        Completion::Undeliverable { host, reply } | Completion::SendingError { host, reply } => {
            (WebhookEventType::Undeliverable, host, reply)
        }
        _ => return None,
    };
    Some((event, (Some(host.clone()).filter(|host| !host.is_empty()), reply.clone())))
}

/// A server was reached, and said this.
fn attempt(
    mail: &mut MailRow,
    state: DeliveryState,
    event: &str,
    host: &str,
    reply: String,
    now: DateTime<Utc>,
) {
    mail.state = state;
    mail.attempts += 1;
    mail.note(now, event, format!("{host}: {reply}"));
    mail.last_reply = Some(reply);
}

/// No server was asked.
fn end(mail: &mut MailRow, state: DeliveryState, error: String, now: DateTime<Utc>) {
    mail.state = state;
    mail.note(now, state.as_str(), error.clone());
    mail.last_reply = Some(error);
}
