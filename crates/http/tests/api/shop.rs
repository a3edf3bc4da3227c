//! A shop on in-memory ports: two organisations, keys of every sort, customers of every sort.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;

use application::model::{
    ApiKeyRecord, CapturedMail, CustomerImport, CustomerStatus, Field, ImportCheckpoint, Issued, Lease,
    Organisation, OrganisationSettings, TokenIssue,
};
use application::ports::{
    ApiKeyRegistry, CustomerDirectory, DeliveryQueue, MailArchive, OrganisationRegistry, PasswordHasher,
    RequestIntake, SandboxStore, TokenStore,
};
use application::{
    Authenticate, CancelRequest, ConsumeToken, NoteVisit, OpenLink, PasswordQueue, RequestReset, ResendLink,
    SetNewPassword, WorkSignal,
};
use axum::Router;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    ApiKey, ApiKeyId, CustomerId, EmailAddress, Language, Network, OrganisationId, Password, RequestId,
    ResetToken, Scope, WorkerId,
};
use resetd_http::{Api, Peer, Readiness, ReadinessReport, router};
use testkit::fake::{
    FixedGeo, ManualClock, MemoryArchive, MemoryStore, PlainHasher, SeededRandom, WindowLimiter,
};

pub const PROD: &str = "PRODaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
pub const DEV: &str = "DEV_aaaaaaaaaaaaaaaaaaaaaaaaaaaa";
pub const ROOT: &str = "ROOTaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
/// A key of the other organisation.
pub const OTHER: &str = "PRODbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
pub const OTHER_DEV: &str = "DEV_bbbbbbbbbbbbbbbbbbbbbbbbbbbb";
pub const REVOKED: &str = "PRODcccccccccccccccccccccccccccc";
pub const EXPIRED: &str = "PRODdddddddddddddddddddddddddddd";
pub const NOT_YET: &str = "PRODeeeeeeeeeeeeeeeeeeeeeeeeeeee";
pub const SUSPENDED: &str = "PRODffffffffffffffffffffffffffff";
/// May ping and nothing else.
pub const PING_ONLY: &str = "PRODgggggggggggggggggggggggggggg";
/// May do everything from 192.0.2.0/24.
pub const NETWORKED: &str = "PRODhhhhhhhhhhhhhhhhhhhhhhhhhhhh";
/// Well-formed, and nobody's.
pub const UNKNOWN: &str = "PRODzzzzzzzzzzzzzzzzzzzzzzzzzzzz";

pub const FIRST_PASSWORD: &str = "First secret 1";
/// A password that every policy here takes.
pub const GOOD_PASSWORD: &str = "Correct horse 7";

pub struct Shop {
    pub store: MemoryStore,
    pub clock: ManualClock,
    pub archive: MemoryArchive,
    pub hasher: Arc<PlainHasher>,
    pub organisation: Organisation,
    pub other: Organisation,
    pub jan: CustomerId,
    pub visits: Arc<NoteVisit>,
    pub router: Router,
}

pub fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_608_000, 0).unwrap()
}

fn id(number: u8) -> [u8; 16] {
    [number; 16]
}

fn organisation(number: u8, name: &str) -> Organisation {
    Organisation {
        id: OrganisationId::from_bytes(id(number)),
        name: name.to_owned(),
        suspended: false,
        settings: OrganisationSettings::default(),
        created_at: noon() - TimeDelta::days(100),
    }
}

pub fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

struct Ready(ReadinessReport);

#[async_trait::async_trait]
impl Readiness for Ready {
    async fn check(&self) -> ReadinessReport {
        self.0.clone()
    }
}

/// What a test changes before the router is made.
pub struct ShopConfig {
    pub settings: OrganisationSettings,
    pub accept_sample: bool,
    pub mailbox: bool,
    pub trusted_proxies: Vec<Network>,
    pub public_url: String,
    pub ready: ReadinessReport,
    /// In place of the memory store's.
    pub intake: Option<Arc<dyn RequestIntake>>,
    pub tokens: Option<Arc<dyn TokenStore>>,
    pub keys: Option<Arc<dyn ApiKeyRegistry>>,
    /// In place of the one that costs nothing.
    pub hasher: Option<Arc<dyn PasswordHasher>>,
    pub queue: PasswordQueue,
}

impl Default for ShopConfig {
    fn default() -> Self {
        Self {
            settings: OrganisationSettings::default(),
            accept_sample: false,
            mailbox: false,
            trusted_proxies: Vec::new(),
            public_url: "https://reset.example.com".to_owned(),
            ready: ReadinessReport { store: true, worker: true, relay: None },
            intake: None,
            tokens: None,
            keys: None,
            hasher: None,
            queue: PasswordQueue::new(NonZeroUsize::MIN),
        }
    }
}

impl Shop {
    pub async fn open() -> Self {
        Self::planned(ShopConfig::default()).await
    }

    pub async fn planned(plan: ShopConfig) -> Self {
        let store = MemoryStore::new();
        let clock = ManualClock::new(noon());
        let archive = MemoryArchive::new();
        let hasher = Arc::new(PlainHasher::new());
        let organisation =
            Organisation { settings: plan.settings.clone(), ..organisation(1, "Barasek & Sons") };
        let other = self::organisation(2, "Other Shop");
        let suspended = Organisation { suspended: true, ..self::organisation(3, "Gone Shop") };
        for one in [&organisation, &other, &suspended] {
            store.create_organisation(one).await;
        }
        let jan = customers(&store, hasher.as_ref(), organisation.id).await;
        keys(&store, &organisation, &other, &suspended).await;
        let api = api(plan, &store, &clock, &archive, &hasher);
        let visits = Arc::clone(&api.open_link.visits);
        Self { store, clock, archive, hasher, organisation, other, jan, visits, router: router(api) }
    }

    /// A link of `customer` that lives an hour from now; returns its token.
    pub async fn link(&self, customer: CustomerId) -> String {
        self.link_of(customer, false).await
    }

    /// The sandbox customer with Jan's address.
    pub async fn sandbox_jan(&self) -> CustomerId {
        let (fresh, now) = (CustomerId::from_bytes(id(77)), self.clock_now());
        let address = email("jan@barasek.com");
        let jan = self.store.sandbox_customer(self.organisation.id, &address, fresh, now, 10);
        jan.await.unwrap().id
    }

    /// A link of that customer.
    pub async fn sandbox_link(&self) -> String {
        self.link_of(self.sandbox_jan().await, true).await
    }

    async fn link_of(&self, customer: CustomerId, sandbox: bool) -> String {
        let random =
            SeededRandom::new(u64::try_from(self.clock_now().timestamp_micros()).unwrap() + counter());
        let token = ResetToken::generate(&mut |bytes| application::ports::Random::fill(&random, bytes));
        let now = self.clock_now();
        let mut bytes = [0; 10];
        application::ports::Random::fill(&random, &mut bytes);
        let request = RequestId::from_parts(u64::try_from(now.timestamp_millis()).unwrap(), bytes);
        let worker = WorkerId::from_bytes(id(9));
        let new = application::model::NewRequest {
            id: request,
            organisation: self.organisation.id,
            api_key: None,
            sandbox,
            email: email("jan@barasek.com"),
            customer_ip: None,
            accepted_at: now,
            expires_at: now + TimeDelta::hours(1),
        };
        self.store.record(new).await.unwrap();
        self.store.claim(worker, now, now + TimeDelta::minutes(1), 1_000).await.unwrap();
        let issue = TokenIssue {
            lease: Lease::new(request, worker),
            organisation: self.organisation.id,
            customer,
            token: token.hash(),
            at: now,
            expires_at: now + TimeDelta::hours(1),
            geo: None,
        };
        assert_eq!(self.store.issue(issue).await.unwrap(), Issued::Issued);
        self.store.release(worker, &[]).await.unwrap();
        token.expose().to_owned()
    }

    pub fn clock_now(&self) -> DateTime<Utc> {
        application::ports::Clock::now(&self.clock)
    }

    /// How many mails wait for a worker.
    pub async fn due(&self) -> usize {
        let worker = WorkerId::from_bytes(id(8));
        let now = self.clock_now();
        let due = self.store.claim(worker, now, now + TimeDelta::minutes(1), 10_000).await.unwrap();
        self.store.release(worker, &[]).await.unwrap();
        due.len()
    }

    /// Whether `password` is the one Jan signs in with.
    pub async fn jan_signs_in_with(&self, password: &str) -> bool {
        let hashes = self.store.password_history(self.jan, 1).await.unwrap();
        self.hasher.verify(&Password::new(password.to_owned()), hashes.first().unwrap()).await.unwrap()
    }

    /// A captured mail, `minutes` after noon.
    pub fn capture(&self, organisation: OrganisationId, number: u8, minutes: i64) {
        let mail = CapturedMail {
            id: format!("mail-{number}"),
            to: "jan@barasek.com".to_owned(),
            subject: format!("Subject {number} <b>"),
            text: format!("Text {number}\nhttps://reset.example.com/reset/TOKEN{number}"),
            html: format!("<h1>Hello {number}</h1>"),
            link: Some(format!("https://reset.example.com/reset/TOKEN{number}")),
            created_at: noon() + TimeDelta::minutes(minutes),
            headers: vec![("To".to_owned(), "jan@barasek.com".to_owned())],
        };
        self.archive.put(organisation, mail);
    }
}

fn counter() -> u64 {
    static COUNTER: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
    COUNTER.fetch_add(1, std::sync::atomic::Ordering::Relaxed) * 1_000_003
}

trait CreateOrganisation {
    async fn create_organisation(&self, organisation: &Organisation);
}

impl CreateOrganisation for MemoryStore {
    async fn create_organisation(&self, organisation: &Organisation) {
        OrganisationRegistry::create(self, organisation).await.unwrap();
    }
}

async fn customers(store: &MemoryStore, hasher: &PlainHasher, organisation: OrganisationId) -> CustomerId {
    let row = |number: u8, address: Option<&str>, status| CustomerImport {
        email: address.map_or(Field::Keep, |address| Field::Set(email(address))),
        phone: Field::Set(format!("+42060000000{number}")),
        name: Field::Set("Jan Barášek".to_owned()),
        status: Some(status),
        ..CustomerImport::new(CustomerId::from_bytes(id(number)))
    };
    let first = hasher.hash(&Password::new(FIRST_PASSWORD.to_owned())).await.unwrap();
    let rows = [
        CustomerImport {
            external_id: Some("4711".to_owned()),
            password_hash: Field::Set(first),
            ..row(1, Some("jan@barasek.com"), CustomerStatus::Active)
        },
        row(2, Some("banned@barasek.com"), CustomerStatus::Banned),
        row(3, Some("deleted@barasek.com"), CustomerStatus::Deleted),
        row(4, None, CustomerStatus::Active),
        CustomerImport {
            language: Field::Set(Language::CS),
            ..row(5, Some("petra@barasek.com"), CustomerStatus::Active)
        },
    ];
    let checkpoint = ImportCheckpoint { name: "shop".to_owned(), position: 1 };
    store.import(organisation, &rows, checkpoint, noon() - TimeDelta::days(90)).await.unwrap();
    CustomerId::from_bytes(id(1))
}

pub fn petra() -> CustomerId {
    CustomerId::from_bytes(id(5))
}

async fn keys(store: &MemoryStore, shop: &Organisation, other: &Organisation, suspended: &Organisation) {
    let record = |number: u8, key: &str, organisation: &Organisation| {
        let key = ApiKey::parse(key).unwrap();
        ApiKeyRecord {
            id: ApiKeyId::from_bytes(id(number)),
            organisation: organisation.id,
            hash: key.hash(),
            kind: key.kind(),
            description: String::new(),
            scopes: Vec::new(),
            networks: Vec::new(),
            created_at: noon() - TimeDelta::days(30),
            expires_at: noon() + TimeDelta::days(60),
            revoked_at: None,
        }
    };
    let plain =
        [PROD, DEV, ROOT, domain::SAMPLE_API_KEY].iter().zip(10..).map(|(key, n)| record(n, key, shop));
    let special = [
        record(20, OTHER, other),
        record(21, OTHER_DEV, other),
        record(22, SUSPENDED, suspended),
        ApiKeyRecord { revoked_at: Some(noon() - TimeDelta::days(1)), ..record(23, REVOKED, shop) },
        ApiKeyRecord { expires_at: noon(), ..record(24, EXPIRED, shop) },
        ApiKeyRecord { created_at: noon() + TimeDelta::seconds(1), ..record(25, NOT_YET, shop) },
        ApiKeyRecord { scopes: vec![Scope::Ping], ..record(26, PING_ONLY, shop) },
        ApiKeyRecord { networks: vec!["192.0.2.0/24".parse().unwrap()], ..record(27, NETWORKED, shop) },
    ];
    for key in plain.chain(special) {
        ApiKeyRegistry::create(store, &key).await.unwrap();
    }
}

fn api(
    plan: ShopConfig,
    store: &MemoryStore,
    clock: &ManualClock,
    archive: &MemoryArchive,
    hasher: &Arc<PlainHasher>,
) -> Api {
    let store = Arc::new(store.clone());
    let clock = Arc::new(clock.clone());
    let archive: Arc<dyn MailArchive> = Arc::new(archive.clone());
    let limiter = Arc::new(WindowLimiter::new());
    let random = Arc::new(SeededRandom::new(7));
    let signal = WorkSignal::default();
    let intake = plan.intake.unwrap_or_else(|| store.clone());
    let tokens = plan.tokens.unwrap_or_else(|| store.clone());
    let visits = Arc::new(NoteVisit::new(tokens.clone(), Arc::new(FixedGeo::new())));
    let open_link = Arc::new(OpenLink {
        visits: visits.clone(),
        tokens: tokens.clone(),
        customers: store.clone(),
        organisations: store.clone(),
        clock: clock.clone(),
    });
    Api {
        authenticate: Arc::new(Authenticate {
            keys: plan.keys.unwrap_or_else(|| store.clone()),
            limiter: limiter.clone(),
            clock: clock.clone(),
            accept_sample: plan.accept_sample,
        }),
        request_reset: Arc::new(RequestReset {
            intake: intake.clone(),
            limiter: limiter.clone(),
            clock: clock.clone(),
            random: random.clone(),
            signal: signal.clone(),
        }),
        set_new_password: Arc::new(SetNewPassword {
            tokens: tokens.clone(),
            customers: store.clone(),
            hasher: plan.hasher.unwrap_or_else(|| hasher.clone()),
            limiter: limiter.clone(),
            queue: Arc::new(plan.queue),
            visits,
            clock: clock.clone(),
            random: random.clone(),
            signal: signal.clone(),
        }),
        consume_token: Arc::new(ConsumeToken {
            tokens: tokens.clone(),
            customers: store.clone(),
            limiter: limiter.clone(),
            clock: clock.clone(),
            random: random.clone(),
            signal: signal.clone(),
        }),
        resent_link: Arc::new(ResendLink {
            open: open_link.clone(),
            intake: intake.clone(),
            customers: store.clone(),
            limiter,
            clock: clock.clone(),
            random: random.clone(),
            signal,
        }),
        cancel: Arc::new(CancelRequest { tokens, clock }),
        open_link,
        sandbox: archive.clone(),
        mailbox: plan.mailbox.then_some(archive),
        readiness: Arc::new(Ready(plan.ready)),
        trusted_proxies: plan.trusted_proxies,
        public_url: plan.public_url,
        random,
    }
}

/// Where requests of a test come from unless it says otherwise.
pub fn peer() -> Peer {
    Peer(SocketAddr::from(([198, 51, 100, 7], 4711)))
}
