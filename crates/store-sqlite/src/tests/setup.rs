use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use application::model::{
    CustomerImport, CustomerStatus, Field, ImportCheckpoint, Issued, Lease, NewRequest, Organisation,
    OrganisationSettings, PasswordHash, Redemption, TokenIssue,
};
use application::ports::{
    CustomerDirectory as _, DeliveryQueue as _, OrganisationRegistry as _, RequestIntake as _,
    TokenStore as _,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{CustomerId, CustomerIp, EmailAddress, MailId, OrganisationId, RequestId, ResetToken, WorkerId};
use tempfile::TempDir;
use testkit::fake::TestVault;

use crate::SqliteStore;
use crate::writer::Statement;

/// A store in a directory of its own.
pub(super) struct Fixture {
    pub(super) store: SqliteStore,
    pub(super) directory: TempDir,
    pub(super) organisation: Organisation,
    numbers: AtomicU64,
}

pub(super) const ADDRESS: &str = "jan@barasek.com";

pub(super) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_352_000, 0).unwrap() + TimeDelta::seconds(seconds)
}

impl Fixture {
    pub(super) async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        let organisation = Organisation {
            id: OrganisationId::from_bytes([1; 16]),
            name: "Shop".to_owned(),
            suspended: false,
            settings: OrganisationSettings::default(),
            created_at: at(-86_400),
        };
        store.create(&organisation).await.unwrap();
        Self { store, directory, organisation, numbers: AtomicU64::new(1) }
    }

    pub(super) fn location(&self) -> String {
        location(&self.directory)
    }

    /// Sixteen bytes nobody else here has.
    pub(super) fn id(&self) -> [u8; 16] {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        *MailId::from_parts(1_772_352_000_000 + number, [7; 10]).as_bytes()
    }

    pub(super) fn request(&self, address: &str) -> NewRequest {
        NewRequest {
            id: RequestId::from_bytes(self.id()),
            organisation: self.organisation.id,
            api_key: None,
            sandbox: false,
            email: EmailAddress::parse(address).unwrap(),
            customer_ip: Some(CustomerIp::parse("203.0.113.7").unwrap()),
            accepted_at: at(0),
            expires_at: at(3_600),
        }
    }

    pub(super) async fn customer(&self) -> CustomerId {
        let row = CustomerImport {
            external_id: Some("4711".to_owned()),
            email: Field::Set(EmailAddress::parse(ADDRESS).unwrap()),
            phone: Field::Set("+420777123456".to_owned()),
            name: Field::Set("Jan Barášek".to_owned()),
            status: Some(CustomerStatus::Active),
            password_hash: Field::Set(PasswordHash::new("$argon2id$first".to_owned())),
            ..CustomerImport::new(CustomerId::from_bytes(self.id()))
        };
        let id = row.id;
        let checkpoint = ImportCheckpoint { name: "file".to_owned(), position: 1 };
        self.store.import(self.organisation.id, &[row], checkpoint, at(-3_600)).await.unwrap();
        id
    }

    /// A token that was mailed, and its request still under the lease of the worker returned.
    pub(super) async fn issued(&self, customer: CustomerId) -> (RequestId, WorkerId, ResetToken) {
        let request = self.request(ADDRESS);
        let id = request.id;
        self.store.record(request).await.unwrap();
        let worker = WorkerId::from_bytes(self.id());
        assert_eq!(self.store.claim(worker, at(1), at(61), 10).await.unwrap().len(), 1);
        let mut seed = self.numbers.load(Ordering::Relaxed).to_le_bytes()[0];
        let token = ResetToken::generate(&mut |bytes| {
            for byte in bytes {
                seed = seed.wrapping_mul(5).wrapping_add(3);
                *byte = seed;
            }
        });
        let issue = TokenIssue {
            lease: Lease::new(id, worker),
            organisation: self.organisation.id,
            customer,
            token: token.hash(),
            at: at(1),
            expires_at: at(3_600),
            geo: None,
        };
        assert_eq!(self.store.issue(issue).await.unwrap(), Issued::Issued);
        (id, worker, token)
    }

    pub(super) fn redemption(&self, token: &ResetToken, password: &str) -> Redemption {
        Redemption {
            token: token.hash(),
            organisation: self.organisation.id,
            sandbox: false,
            password: Some(PasswordHash::new(format!("$argon2id${password}"))),
            repetition: None,
            at: at(2),
            customer_ip: Some(CustomerIp::parse("198.51.100.9").unwrap()),
            notice: MailId::from_bytes(self.id()),
            notice_expires_at: at(86_400),
            actor: "customer".to_owned(),
        }
    }

    /// Runs SQL on the connection that writes.
    pub(super) async fn on_writer(&self, sql: &'static str) {
        let work = self
            .store
            .database
            .writer
            .work(move |unit| Box::pin(async move { Ok(unit.run(Statement::new(sql)).await?) }));
        work.await.unwrap();
    }

    pub(super) async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.store.database.readers).await.unwrap()
    }
}

pub(super) fn location(directory: &TempDir) -> String {
    directory.path().join("resetd.db").to_str().unwrap().to_owned()
}

pub(super) async fn open(directory: &TempDir) -> SqliteStore {
    SqliteStore::open(&location(directory), Arc::new(TestVault::new(1))).await.unwrap()
}
