//! A small shop to try the persistent ports on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use application::model::{
    AuditRow, ClaimedMail, ClaimedWork, Completion, CustomerImport, CustomerStatus, Field, ImportCheckpoint,
    ImportedRow, Issued, Lease, MailDetail, NewRequest, Organisation, OrganisationSettings, PasswordHash,
    Redeemed, Redemption, TokenIssue,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    CustomerId, CustomerIp, DeliveryState, EmailAddress, GeoContext, LinkState, MailId, OrganisationId,
    PlaceName, RequestId, TokenHash, WorkerId,
};

use super::StoreUnderTest;

/// No two cases of a process share an identifier, so that they may share a storage.
static NUMBER: AtomicU64 = AtomicU64::new(1);

pub(super) fn number() -> u64 {
    NUMBER.fetch_add(1, Ordering::Relaxed)
}

/// Sixteen bytes nobody else has: a UUIDv7 whose time is the number.
pub(super) fn id() -> [u8; 16] {
    *MailId::from_parts(1_700_000_000_000 + number(), *b"testkit.id").as_bytes()
}

/// 32 bytes nobody else has.
pub(super) fn hash() -> [u8; 32] {
    let (one, other) = (id(), [0x5a; 16]);
    std::array::from_fn(|index| if index < 16 { one[index] } else { other[index - 16] })
}

/// The morning of the day on which everything happens, and `seconds` later.
pub(super) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_352_000, 0).unwrap() + TimeDelta::seconds(seconds)
}

pub(super) fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

pub(super) fn ip(text: &str) -> CustomerIp {
    CustomerIp::parse(text).unwrap()
}

pub(super) fn worker() -> WorkerId {
    WorkerId::from_bytes(id())
}

/// A hash that no hasher need read: stores keep the text.
pub(super) fn password(text: &str) -> PasswordHash {
    PasswordHash::new(format!("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA${text}"))
}

pub(super) fn prague() -> GeoContext {
    GeoContext {
        country_code: Some("CZ".to_owned()),
        country: Some(PlaceName::new("Czechia")),
        city: Some(PlaceName {
            name: "Prague".to_owned(),
            names: [("cs".to_owned(), "Praha".to_owned())].into(),
        }),
        latitude: Some(50.062_5),
        longitude: Some(14.437_5),
        time_zone: Some("Europe/Prague".to_owned()),
        asn: Some(4_294_967_295),
        is_tor: Some(false),
        source: Some("testkit".to_owned()),
        ..GeoContext::default()
    }
}

pub(super) fn organisation() -> Organisation {
    Organisation {
        id: OrganisationId::from_bytes(id()),
        name: format!("Shop {}", number()),
        suspended: false,
        settings: OrganisationSettings::default(),
        created_at: at(-86_400),
    }
}

/// A customer as a file brings it; without password.
pub(super) fn row(address: &str) -> CustomerImport {
    CustomerImport {
        email: Field::Set(email(address)),
        name: Field::Set("Jan Barášek".to_owned()),
        status: Some(CustomerStatus::Active),
        ..CustomerImport::new(CustomerId::from_bytes(id()))
    }
}

/// One organisation and the ports it lives on.
pub(super) struct Shop {
    pub(super) ports: StoreUnderTest,
    pub(super) organisation: Organisation,
}

impl Shop {
    pub(super) async fn open(ports: StoreUnderTest) -> Self {
        let organisation = organisation();
        ports.organisations.create(&organisation).await.unwrap();
        Self { ports, organisation }
    }

    /// Another organisation on the same storage.
    pub(super) async fn neighbour(&self) -> Self {
        Self::open(self.ports.clone()).await
    }

    pub(super) async fn import_at(&self, rows: &[CustomerImport], seconds: i64) -> Vec<ImportedRow> {
        let checkpoint = ImportCheckpoint { name: "file".to_owned(), position: rows.len() as u64 };
        self.ports.customers.import(self.organisation.id, rows, checkpoint, at(seconds)).await.unwrap()
    }

    /// A customer who has been there since yesterday, with the password `first`.
    pub(super) async fn customer(&self, address: &str) -> CustomerId {
        let row = CustomerImport { password_hash: Field::Set(password("first")), ..row(address) };
        assert_eq!(self.import_at(std::slice::from_ref(&row), -86_400).await, [ImportedRow::Created]);
        row.id
    }

    /// A request for a link that lives an hour.
    pub(super) fn request(&self, address: &str, accepted: i64) -> NewRequest {
        NewRequest {
            id: RequestId::from_bytes(id()),
            organisation: self.organisation.id,
            api_key: None,
            sandbox: false,
            email: email(address),
            customer_ip: Some(ip("203.0.113.7")),
            accepted_at: at(accepted),
            expires_at: at(accepted + 3_600),
        }
    }

    pub(super) async fn record(&self, address: &str, accepted: i64) -> RequestId {
        let request = self.request(address, accepted);
        let id = request.id;
        self.ports.intake.record(request).await.unwrap();
        id
    }

    /// Whatever is due, leased for a minute.
    pub(super) async fn claim(&self, worker: WorkerId, now: i64) -> Vec<ClaimedMail> {
        self.ports.delivery.claim(worker, at(now), at(now + 60), 1_000).await.unwrap()
    }

    /// The one mail that is due.
    pub(super) async fn claim_one(&self, worker: WorkerId, now: i64) -> ClaimedMail {
        let mut mails = self.claim(worker, now).await;
        assert_eq!(mails.len(), 1, "mails due at {now} s: {:?}", ids(&mails));
        mails.remove(0)
    }

    pub(super) fn token_issue(
        &self,
        request: RequestId,
        worker: WorkerId,
        customer: CustomerId,
        now: i64,
    ) -> TokenIssue {
        TokenIssue {
            lease: Lease::new(request, worker),
            organisation: self.organisation.id,
            customer,
            token: TokenHash::from_bytes(hash()),
            at: at(now),
            expires_at: at(now + 3_600),
            geo: None,
        }
    }

    pub(super) async fn complete(
        &self,
        mail: impl IntoMail,
        worker: WorkerId,
        completion: Completion,
        now: i64,
    ) -> bool {
        self.ports.delivery.complete(Lease::new(mail.into_mail(), worker), completion, at(now)).await.unwrap()
    }

    /// A request that was recorded, claimed, given a token (which dies an hour later) and sent, all
    /// at `now`.
    pub(super) async fn link(&self, customer: CustomerId, address: &str, now: i64) -> (RequestId, TokenHash) {
        let request = self.record(address, now).await;
        let worker = worker();
        let claimed = ids(&self.claim(worker, now).await);
        assert!(claimed.contains(&request.into_mail()), "a request is due at once");
        let issue = self.token_issue(request, worker, customer, now);
        let token = issue.token;
        assert_eq!(self.ports.tokens.issue(issue).await.unwrap(), Issued::Issued);
        assert!(self.complete(request, worker, sent(), now).await, "the lease was good");
        // Whatever else was due is due again.
        self.ports.delivery.release(worker, &[]).await.unwrap();
        (request, token)
    }

    pub(super) async fn link_state(&self, token: TokenHash, now: i64) -> Option<LinkState> {
        self.ports.tokens.find(token, at(now)).await.unwrap().map(|link| link.state)
    }

    pub(super) fn redemption(&self, token: TokenHash, now: i64) -> Redemption {
        Redemption {
            token,
            organisation: self.organisation.id,
            sandbox: false,
            password: Some(password("second")),
            repetition: None,
            at: at(now),
            customer_ip: Some(ip("198.51.100.9")),
            notice: MailId::from_bytes(id()),
            notice_expires_at: at(now + 259_200),
            actor: "customer".to_owned(),
        }
    }

    pub(super) async fn redeem(&self, token: TokenHash, now: i64) -> Redeemed {
        self.ports.tokens.redeem(self.redemption(token, now)).await.unwrap()
    }

    /// The password hashes of a customer as their last parts: `second`, `first`.
    pub(super) async fn passwords(&self, customer: CustomerId) -> Vec<String> {
        let hashes = self.ports.customers.password_history(customer, 100).await.unwrap();
        hashes.iter().map(|hash| hash.expose().rsplit('$').next().unwrap().to_owned()).collect()
    }

    pub(super) async fn show(&self, mail: impl IntoMail) -> MailDetail {
        self.ports.queue.show(mail.into_mail()).await.unwrap().expect("the mail is known")
    }

    pub(super) async fn state(&self, mail: impl IntoMail) -> DeliveryState {
        self.show(mail).await.summary.state
    }

    /// The words of a mail's timeline, in order.
    pub(super) async fn events(&self, mail: impl IntoMail) -> Vec<String> {
        self.show(mail).await.timeline.into_iter().map(|entry| entry.event).collect()
    }

    /// The audit rows that concern this organisation.
    pub(super) async fn audit(&self) -> Vec<AuditRow> {
        let rows = self.ports.audit.read(0, 100_000).await.unwrap();
        rows.into_iter().filter(|row| row.entry.organisation == Some(self.organisation.id)).collect()
    }
}

pub(super) fn sent() -> Completion {
    Completion::Sent { host: "relay.test:25".to_owned(), reply: "250 2.0.0 Ok: queued as 4D2A".to_owned() }
}

pub(super) fn retry_at(seconds: i64) -> Completion {
    let (host, reply) = ("relay.test:25".to_owned(), "451 4.7.1 Greylisted".to_owned());
    Completion::RetryAt { due_at: at(seconds), host, reply }
}

pub(super) fn ids(mails: &[ClaimedMail]) -> Vec<MailId> {
    mails.iter().map(ClaimedMail::id).collect()
}

pub(super) fn was_admitted(mail: &ClaimedMail) -> bool {
    matches!(mail.work, ClaimedWork::Reset { admitted: true, .. })
}

/// The mail of a request has the request's identity.
pub(super) trait IntoMail {
    fn into_mail(self) -> MailId;
}

impl IntoMail for MailId {
    fn into_mail(self) -> MailId {
        self
    }
}

impl IntoMail for RequestId {
    fn into_mail(self) -> MailId {
        MailId::from_bytes(*self.as_bytes())
    }
}

/// Runs `count` calls at once on the runtime's threads and collects what they return.
pub(super) async fn at_once<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    count: usize,
    call: impl Fn(usize) -> F,
) -> Vec<T> {
    let start = Arc::new(tokio::sync::Barrier::new(count));
    let tasks: Vec<_> = (0..count)
        .map(|index| {
            let (start, call) = (Arc::clone(&start), call(index));
            tokio::spawn(async move {
                start.wait().await;
                call.await
            })
        })
        .collect();
    let mut results = Vec::with_capacity(count);
    for task in tasks {
        results.push(task.await.expect("a simultaneous call panicked"));
    }
    results
}
