//! What a customer does with a link.

use application::model::{
    AuditAction, AuditEntry, CustomerStatus, Redeemed, Redemption, Requester, ResetLink, room_for,
};
use chrono::{DateTime, Utc};
use domain::{CustomerIp, LinkState, RequestId, TokenHash, WebhookEventType};

use super::claims::NewMail;
use super::tables::{LinkRow, Tables, mail_of};

impl Tables {
    pub(super) fn find(&self, token: TokenHash, now: DateTime<Utc>) -> Option<ResetLink> {
        self.links.get(&token).map(|link| ResetLink {
            request: link.request,
            organisation: link.organisation,
            customer: link.customer,
            sandbox: self.mails.get(&mail_of(link.request)).is_some_and(|mail| mail.sandbox),
            state: link.state(now),
            used_at: link.used_at,
            repetition: link.repetition,
            expires_at: link.expires_at,
        })
    }

    pub(super) fn requester(&self, request: RequestId) -> Option<Requester> {
        let mail = self.mails.get(&mail_of(request))?;
        Some(Requester { customer_ip: mail.customer_ip, geo: mail.geo.clone() })
    }

    /// Whether the link's organisation works and its customer may set a password, each on this side
    /// of the sandbox.
    fn may_redeem(&self, link: &LinkRow, sandbox: bool) -> bool {
        let open =
            self.organisations.get(&link.organisation).is_some_and(|organisation| !organisation.suspended);
        let customer = self.customers.get(&link.customer);
        open && customer
            .is_some_and(|row| row.sandbox == sandbox && row.customer.status == CustomerStatus::Active)
            && self.mails.get(&mail_of(link.request)).is_some_and(|mail| mail.sandbox == sandbox)
    }

    pub(super) fn redeem(&mut self, redemption: Redemption) -> Redeemed {
        let wanted = |link: &&LinkRow| redemption.organisation == link.organisation;
        let Some(link) = self
            .links
            .get(&redemption.token)
            .filter(wanted)
            .filter(|link| self.may_redeem(link, redemption.sandbox))
        else {
            return Redeemed::NoSuchLink;
        };
        match link.state(redemption.at) {
            LinkState::Good => {}
            LinkState::Expired => return Redeemed::Expired,
            LinkState::Used | LinkState::Superseded => return Redeemed::NoSuchLink,
        }
        let (request, organisation, customer) = (link.request, link.organisation, link.customer);
        if let Some(link) = self.links.get_mut(&redemption.token) {
            link.used_at = Some(redemption.at);
            link.repetition = redemption.repetition;
        }
        self.kill_links(redemption.at, |link| link.customer == customer);
        if let Some(row) = self.customers.get_mut(&customer) {
            if let Some(password) = redemption.password {
                row.passwords.insert(0, password);
                row.password = true;
                row.password_reset_at = Some(redemption.at);
            }
            row.links_from = Some(redemption.at);
            row.sessions_from = Some(redemption.at);
        }
        if let Some(mail) = self.mails.get_mut(&mail_of(request)) {
            mail.note(redemption.at, "consumed", "");
        }
        self.enqueue(NewMail {
            id: redemption.notice,
            organisation,
            sandbox: redemption.sandbox,
            accepted_at: redemption.at,
            expires_at: redemption.notice_expires_at,
            email: None,
            customer: Some(customer),
            customer_ip: redemption.customer_ip,
        });
        self.report(WebhookEventType::Completed, mail_of(request), redemption.at, None);
        self.append_audit(AuditEntry {
            at: redemption.at,
            organisation: Some(organisation),
            actor: redemption.actor,
            action: AuditAction::PasswordChanged,
            subject: AuditEntry::of(customer, redemption.sandbox),
            ip: redemption.customer_ip,
        });
        Redeemed::Changed
    }

    pub(super) fn cancel(&mut self, token: TokenHash, at: DateTime<Utc>, ip: CustomerIp) -> bool {
        let Some(link) = self.links.get(&token).filter(|link| link.state(at).is_good()) else { return false };
        let (request, organisation) = (link.request, link.organisation);
        self.kill_links(at, |link| link.request == request);
        let sandbox = self.mails.get(&mail_of(request)).is_some_and(|mail| mail.sandbox);
        if let Some(mail) = self.mails.get_mut(&mail_of(request)) {
            mail.cancelled = true;
            mail.note(at, "disowned", "");
        }
        self.append_audit(AuditEntry {
            at,
            organisation: Some(organisation),
            actor: "customer".to_owned(),
            action: AuditAction::RequestCancelled,
            subject: AuditEntry::of(request, sandbox),
            ip: Some(ip),
        });
        true
    }

    pub(super) fn note(&mut self, request: RequestId, at: DateTime<Utc>, event: &str, detail: String) {
        if let Some(mail) = self.mails.get_mut(&mail_of(request))
            && mail.notes < room_for(event)
        {
            mail.notes += 1;
            mail.note(at, event, detail);
        }
    }
}
