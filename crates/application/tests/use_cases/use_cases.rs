//! A shop in memory, with every use case wired to it.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use application::model::*;
use application::ports::*;
use application::{
    Authenticate, AuthenticateCommand, Authenticated, CancelRequest, DeliverResets, DeliveryPorts,
    DeliverySettings, Links, NoteVisit, OpenLink, PasswordQueue, RelayStatus, RequestReset,
    RequestResetCommand, ResendLink, SetNewPassword, WorkSignal,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    ApiKey, ApiKeyId, ApiKeyKind, CustomerId, CustomerIp, EmailAddress, MailId, OrganisationId, RequestId,
    Scope, WorkerId,
};
use testkit::fake::{
    FixedGeo, InterruptedStore, ManualClock, MemoryStore, PlainHasher, RecordingSender, SeededRandom,
    SimpleComposer, WindowLimiter,
};

pub(crate) struct UseCases {
    pub(crate) store: Arc<MemoryStore>,
    /// The same store, as the worker reaches it.
    pub(crate) tokens: InterruptedStore,
    /// How long the worker leases mails for.
    pub(crate) lease: Duration,
    pub(crate) clock: ManualClock,
    pub(crate) random: Arc<SeededRandom>,
    pub(crate) sender: RecordingSender,
    pub(crate) relay: RelayStatus,
    pub(crate) sandbox: RecordingSender,
    pub(crate) geo: FixedGeo,
    pub(crate) visits: Arc<NoteVisit>,
    pub(crate) signal: WorkSignal,
    pub(crate) limiter: Arc<WindowLimiter>,
    pub(crate) queue: Arc<PasswordQueue>,
    pub(crate) organisation: Organisation,
    pub(crate) key: ApiKey,
    pub(crate) record: ApiKeyRecord,
}

pub(crate) fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).unwrap()
}

pub(crate) fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

impl UseCases {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// A shop whose organisation `change` has changed, with one active customer, `jan@example.com`.
    pub(crate) async fn with(change: impl FnOnce(&mut Organisation)) -> Self {
        let store = MemoryStore::fresh();
        let mut organisation = Organisation {
            id: OrganisationId::from_bytes([1; 16]),
            name: "Shop".into(),
            suspended: false,
            settings: OrganisationSettings::default(),
            created_at: start(),
        };
        change(&mut organisation);
        store.create_organisation(&organisation).await;
        let random = Arc::new(SeededRandom::new(7));
        let key = ApiKey::generate(ApiKeyKind::Production, &mut |bytes| random.fill(bytes));
        let record = ApiKeyRecord {
            id: ApiKeyId::from_bytes([2; 16]),
            organisation: organisation.id,
            hash: key.hash(),
            kind: ApiKeyKind::Production,
            description: String::new(),
            scopes: Vec::new(),
            networks: Vec::new(),
            created_at: start(),
            expires_at: start() + TimeDelta::days(90),
            revoked_at: None,
        };
        ApiKeyRegistry::create(store.as_ref(), &record).await.unwrap();
        let geo = FixedGeo::new();
        let use_cases = Self {
            visits: Arc::new(NoteVisit::new(store.clone(), Arc::new(geo.clone()))),
            tokens: InterruptedStore::new(&store),
            lease: Duration::from_secs(15),
            store,
            clock: ManualClock::new(start()),
            random,
            sender: RecordingSender::new(),
            relay: RelayStatus::default(),
            sandbox: RecordingSender::new(),
            geo,
            signal: WorkSignal::default(),
            limiter: Arc::new(WindowLimiter::new()),
            queue: Arc::new(PasswordQueue::new(std::num::NonZeroUsize::MIN)),
            organisation,
            key,
            record,
        };
        use_cases.customer("jan@example.com", CustomerStatus::Active).await;
        use_cases
    }

    pub(crate) async fn customer(&self, address: &str, status: CustomerStatus) -> CustomerId {
        let id = CustomerId::from_bytes(*application::new_id(&self.clock, self.random.as_ref()).as_bytes());
        let row = CustomerImport {
            email: Field::Set(email(address)),
            name: Field::Set("Jan".into()),
            status: Some(status),
            ..CustomerImport::new(id)
        };
        let checkpoint = ImportCheckpoint { name: address.into(), position: 1 };
        self.store.import(self.organisation.id, &[row], checkpoint, self.clock.now()).await.unwrap();
        self.store.find_by_email(self.organisation.id, &email(address)).await.unwrap().unwrap().id
    }

    pub(crate) fn authenticate(&self) -> Authenticate {
        Authenticate {
            keys: self.store.clone(),
            limiter: self.limiter.clone(),
            clock: Arc::new(self.clock.clone()),
            accept_sample: false,
        }
    }

    pub(crate) async fn authenticated(&self) -> Authenticated {
        let caller = [127, 0, 0, 1].into();
        let command =
            AuthenticateCommand { key: Some(self.key.expose()), scope: Scope::ResetPassword, caller };
        self.authenticate().execute(command).await.unwrap()
    }

    pub(crate) fn request_reset(&self) -> RequestReset {
        RequestReset {
            intake: self.store.clone(),
            limiter: self.limiter.clone(),
            clock: Arc::new(self.clock.clone()),
            random: self.random.clone(),
            signal: self.signal.clone(),
        }
    }

    /// Asks for a new password for `address`.
    pub(crate) async fn ask(&self, address: &str) -> RequestId {
        self.asked(address, None).await
    }

    /// The same by somebody with this IP.
    pub(crate) async fn ask_from(&self, address: &str, ip: &str) -> RequestId {
        self.asked(address, Some(CustomerIp::parse(ip).unwrap())).await
    }

    async fn asked(&self, address: &str, customer_ip: Option<CustomerIp>) -> RequestId {
        let command = RequestResetCommand { email: email(address), expiry: None, customer_ip };
        self.request_reset().execute(&self.authenticated().await, command).await.unwrap()
    }

    pub(crate) fn set_new_password(&self) -> SetNewPassword {
        SetNewPassword {
            tokens: self.store.clone(),
            customers: self.store.clone(),
            hasher: Arc::new(PlainHasher::new()),
            limiter: self.limiter.clone(),
            queue: self.queue.clone(),
            visits: self.visits.clone(),
            clock: Arc::new(self.clock.clone()),
            random: self.random.clone(),
            signal: self.signal.clone(),
        }
    }

    pub(crate) fn open_link(&self) -> OpenLink {
        OpenLink {
            tokens: self.store.clone(),
            customers: self.store.clone(),
            organisations: self.store.clone(),
            visits: self.visits.clone(),
            clock: Arc::new(self.clock.clone()),
        }
    }

    pub(crate) fn resent_link(&self) -> ResendLink {
        ResendLink {
            open: Arc::new(self.open_link()),
            intake: self.store.clone(),
            customers: self.store.clone(),
            limiter: self.limiter.clone(),
            clock: Arc::new(self.clock.clone()),
            random: self.random.clone(),
            signal: self.signal.clone(),
        }
    }

    pub(crate) fn cancel(&self) -> CancelRequest {
        CancelRequest { tokens: self.store.clone(), clock: Arc::new(self.clock.clone()) }
    }

    /// Runs the worker until `done`, at most ten seconds.
    pub(crate) async fn deliver_until<F: Future<Output = bool>>(&self, done: impl Fn() -> F) {
        let ports = DeliveryPorts {
            delivery: Arc::new(self.tokens.clone()),
            tokens: Arc::new(self.tokens.clone()),
            customers: self.store.clone(),
            organisations: self.store.clone(),
            geo: Arc::new(self.geo.clone()),
            composer: Arc::new(SimpleComposer),
            sender: Arc::new(self.sender.clone()),
            sandbox: Arc::new(self.sandbox.clone()),
            sandbox_customers: self.store.clone(),
            clock: Arc::new(self.clock.clone()),
            random: self.random.clone(),
        };
        let worker = WorkerId::from_bytes(*application::new_id(&self.clock, self.random.as_ref()).as_bytes());
        let settings = DeliverySettings {
            poll: Duration::from_millis(5),
            lease: self.lease,
            ..DeliverySettings::new(worker)
        };
        let links = Links::new("http://127.0.0.1:8080/");
        let deliver = DeliverResets::new(ports, links, settings, self.signal.clone());
        let deliver = Arc::new(deliver.reporting_to(self.relay.clone()));
        let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
        let stop = async {
            while !done().await {
                assert!(
                    tokio::time::Instant::now() < deadline,
                    "the worker did not get there in ten seconds"
                );
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        // The engine wants a `Send` stop; the condition borrows `self`, so it runs beside.
        let (told, stopped) = tokio::sync::oneshot::channel::<()>();
        let running = tokio::spawn(deliver.run(async move {
            stopped.await.unwrap_or_default();
        }));
        stop.await;
        drop(told);
        running.await.unwrap();
    }

    /// Runs the worker until the mail has reached a terminal state; the state.
    pub(crate) async fn deliver(&self, request: RequestId) -> MailSummary {
        self.deliver_until(|| async { self.mail(request).await.state.is_terminal() }).await;
        self.mail(request).await
    }

    pub(crate) async fn mail(&self, request: RequestId) -> MailSummary {
        self.detail(request).await.summary
    }

    pub(crate) async fn detail(&self, request: RequestId) -> MailDetail {
        self.store.show(MailId::from_bytes(*request.as_bytes())).await.unwrap().unwrap()
    }

    /// The token in the `index`-th mail that was taken.
    pub(crate) fn token(&self, index: usize) -> String {
        let link = self.sender.taken()[index].link.clone().unwrap();
        link.rsplit('/').next().unwrap().to_owned()
    }
}

/// `create` exists on two ports; this says which.
pub(crate) trait CreateOrganisation {
    async fn create_organisation(&self, organisation: &Organisation);
}

impl CreateOrganisation for MemoryStore {
    async fn create_organisation(&self, organisation: &Organisation) {
        OrganisationRegistry::create(self, organisation).await.unwrap();
    }
}
