//! A database of its own for every test.
#![allow(clippy::allow_attributes, reason = "what is unused differs from one test binary to the next")]
#![allow(dead_code, unreachable_pub, reason = "each test binary uses its part")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot begin fails")]
#![allow(clippy::indexing_slicing, reason = "of arrays of a known length")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use application::model::{
    CustomerImport, CustomerStatus, Field, ImportCheckpoint, ImportedRow, NewRequest, Organisation,
    OrganisationSettings, PasswordHash,
};
use application::ports::{AddressVault, CustomerDirectory, OrganisationRegistry};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{CustomerId, CustomerIp, EmailAddress, MailId, OrganisationId, RequestId, TokenHash, WorkerId};
use resetd_store_postgres::{PoolSettings, PostgresDatabase, PostgresStore};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection};
use testkit::fake::TestVault;

static NUMBER: AtomicU32 = AtomicU32::new(1);

/// The URL of the test's PostgreSQL.
pub fn server() -> String {
    testkit::service("RESETD_TEST_POSTGRES_URL")
}

/// An empty database, dropped with the value.
pub struct TestDatabase {
    server: String,
    name: String,
    pub url: String,
}

impl TestDatabase {
    pub async fn create(server: &str) -> Self {
        let name = format!("resetd_test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut admin = PgConnection::connect(server).await.expect("the test's PostgreSQL answers");
        admin
            .execute(AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .await
            .expect("a database can be made");
        let options: PgConnectOptions = server.parse().unwrap();
        let url = options.database(&name).to_url_lossy().to_string();
        Self { server: server.to_owned(), name, url }
    }

    /// Empties the tables, for the next case of a suite: making them anew costs a hundred syncs of
    /// the disk.
    pub async fn empty(&self) {
        let everything = "DELETE FROM sandbox_mail; DELETE FROM webhook_event; DELETE FROM webhook_endpoint; DELETE FROM mail_queue; DELETE FROM mail; DELETE FROM mail_event; DELETE FROM reset_token; \
             DELETE FROM address_budget; DELETE FROM password_history; DELETE FROM customer; DELETE FROM api_key; \
             DELETE FROM organisation; DELETE FROM template; DELETE FROM layout; DELETE FROM import_checkpoint; \
             DELETE FROM audit; DELETE FROM installation; UPDATE audit_head SET sequence = 0, hash = decode(repeat('00', 32), 'hex'), seal = NULL";
        sqlx::raw_sql(everything).execute(&mut self.plain().await).await.unwrap();
    }

    pub async fn connect(&self) -> PostgresDatabase {
        self.connect_with(PoolSettings::default()).await
    }

    pub async fn connect_with(&self, settings: PoolSettings) -> PostgresDatabase {
        PostgresDatabase::connect(&self.url, settings, "resetd-test").await.unwrap()
    }

    /// A migrated database and a store on it.
    pub async fn store(&self) -> PostgresStore {
        store_at(&self.url).await
    }

    /// A connection of the test's own, without the settings of the program's.
    pub async fn plain(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.unwrap()
    }

    /// A connection to the server's own database.
    pub async fn admin(&self) -> PgConnection {
        PgConnection::connect(&self.server).await.unwrap()
    }

    /// Lets nobody in and puts out whoever is, or opens again.
    pub async fn close_door(&self, admin: &mut PgConnection, closed: bool) {
        let name = &self.name;
        let allow = format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS {}", !closed);
        admin.execute(AssertSqlSafe(allow)).await.unwrap();
        if closed {
            let put_out =
                format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
            admin.execute(AssertSqlSafe(put_out)).await.unwrap();
        }
    }

    /// Sets the database to read only, for connections opened from now on, and ends those that are
    /// open; or back, and ends none.
    pub async fn read_only(&self, admin: &mut PgConnection, read_only: bool) {
        let name = &self.name;
        let set = format!("ALTER DATABASE {name} SET default_transaction_read_only = {read_only}");
        admin.execute(AssertSqlSafe(set)).await.unwrap();
        if read_only {
            let put_out =
                format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
            admin.execute(AssertSqlSafe(put_out)).await.unwrap();
        }
    }

    /// One number.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&mut self.plain().await).await.unwrap()
    }
}

/// A store on whatever is at this URL, migrated.
pub async fn store_at(url: &str) -> PostgresStore {
    store_with(url, Arc::new(TestVault::default())).await
}

/// The same, sealed by `vault`.
pub async fn store_with(url: &str, vault: Arc<dyn AddressVault>) -> PostgresStore {
    Box::pin(async {
        let database = PostgresDatabase::connect(url, PoolSettings::default(), "resetd-test").await.unwrap();
        database.migrate().await.unwrap();
        PostgresStore::new(database, vault).await.unwrap()
    })
    .await
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        let dropping = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
                let mut admin = PgConnection::connect(&server).await.unwrap();
                admin.execute(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).await.unwrap();
            });
        });
        drop(dropping.join());
    }
}

/// 2026-03-01 08:00 UTC and `seconds` later.
pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_352_000, 0).unwrap() + TimeDelta::seconds(seconds)
}

/// Sixteen bytes nobody else has: a UUIDv7 of that at.
pub fn id(at: DateTime<Utc>) -> [u8; 16] {
    let mut random = [0; 10];
    random[6..].copy_from_slice(&NUMBER.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    *MailId::from_parts(u64::try_from(at.timestamp_millis()).unwrap(), random).as_bytes()
}

pub fn worker() -> WorkerId {
    WorkerId::from_bytes(id(at(0)))
}

pub fn token() -> TokenHash {
    let (one, other) = (id(at(0)), [7; 16]);
    TokenHash::from_bytes(std::array::from_fn(
        |index| if index < 16 { one[15 - index] } else { other[index - 16] },
    ))
}

pub fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

pub fn ip(text: &str) -> CustomerIp {
    CustomerIp::parse(text).unwrap()
}

pub fn request(organisation: OrganisationId, address: &str, accepted: DateTime<Utc>) -> NewRequest {
    NewRequest {
        id: RequestId::from_bytes(id(accepted)),
        organisation,
        api_key: None,
        sandbox: false,
        email: email(address),
        customer_ip: Some(ip("203.0.113.7")),
        accepted_at: accepted,
        expires_at: accepted + TimeDelta::hours(1),
    }
}

pub async fn organisation(store: &PostgresStore) -> OrganisationId {
    let id = OrganisationId::from_bytes(id(at(0)));
    let organisation = Organisation {
        id,
        name: format!("Shop {id}"),
        suspended: false,
        settings: OrganisationSettings::default(),
        created_at: at(0),
    };
    OrganisationRegistry::create(store, &organisation).await.unwrap();
    id
}

pub fn import_row(address: &str) -> CustomerImport {
    CustomerImport {
        email: Field::Set(email(address)),
        name: Field::Set("Jan Barášek".to_owned()),
        status: Some(CustomerStatus::Active),
        password_hash: Field::Set(PasswordHash::new(
            "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$first".to_owned(),
        )),
        ..CustomerImport::new(CustomerId::from_bytes(id(at(0))))
    }
}

pub async fn customer(store: &PostgresStore, organisation: OrganisationId, address: &str) -> CustomerId {
    let row = import_row(address);
    let checkpoint = ImportCheckpoint { name: "file".to_owned(), position: 1 };
    let rows = std::slice::from_ref(&row);
    assert_eq!(
        store.import(organisation, rows, checkpoint, at(-86_400)).await.unwrap(),
        [ImportedRow::Created]
    );
    row.id
}
