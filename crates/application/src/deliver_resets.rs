//! The worker: everything between "it is on disk" and "the relay has it".

mod engine;
mod intake_throttle;
mod judge;
mod leases;
mod links;
mod prepare;
mod refusals;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::{BackOff, WorkerId};

pub use self::links::Links;
use self::refusals::Refusals;
use crate::organisation_cache::OrganisationCache;
use crate::ports::{
    Clock, CustomerDirectory, DeliveryQueue, GeoResolver, MailComposer, MailSender, OrganisationRegistry,
    Random, SandboxStore, TokenStore,
};
use crate::relay_health::RelayStatus;
use crate::{GEO_DEADLINE, WorkSignal};

/// The ports of the worker.
#[derive(Clone)]
pub struct DeliveryPorts {
    /// Where mails are claimed and their outcome recorded.
    pub delivery: Arc<dyn DeliveryQueue>,
    /// Where the hash of a token is kept before its mail goes out.
    pub tokens: Arc<dyn TokenStore>,
    /// Who has an account.
    pub customers: Arc<dyn CustomerDirectory>,
    /// Their settings.
    pub organisations: Arc<dyn OrganisationRegistry>,
    /// Where a request came from.
    pub geo: Arc<dyn GeoResolver>,
    /// Writes the mail.
    pub composer: Arc<dyn MailComposer>,
    /// Sends it.
    pub sender: Arc<dyn MailSender>,
    /// Captures the mail of `DEV_` keys.
    pub sandbox: Arc<dyn MailSender>,
    /// Their customers.
    pub sandbox_customers: Arc<dyn SandboxStore>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// For tokens and jitter.
    pub random: Arc<dyn Random>,
}

/// How the worker goes about it.
#[derive(Debug, Clone)]
pub struct DeliverySettings {
    /// This worker, different from every other one.
    pub worker: WorkerId,
    /// Mails on their way at once; specification.md#mail: 25.
    pub concurrency: usize,
    /// How long a claimed mail stays with a worker that no longer answers.
    pub lease: Duration,
    /// How often to look for work that nobody announced.
    pub poll: Duration,
    /// How long the resolver may take; after that the mail goes without the place.
    pub geo_deadline: Duration,
    /// Between attempts at one mail.
    pub back_off: BackOff,
    /// Between probes of a relay that cannot be reached.
    pub probe_back_off: BackOff,
    /// Between probes of a relay that refuses us; too many logins with a wrong password lock us
    /// out.
    pub refusal_back_off: BackOff,
    /// The longest random pause between the announcement of work and its beginning. It keeps the
    /// work of one request from coinciding with the answer to the next, where it could be measured.
    pub start_jitter: BackOff,
    /// How long mails on their way may take to finish on shutdown.
    pub grace: Duration,
}

impl DeliverySettings {
    /// The contract's numbers, for this worker.
    #[must_use]
    pub fn new(worker: WorkerId) -> Self {
        Self {
            worker,
            concurrency: 25,
            lease: Duration::from_secs(8),
            poll: Duration::from_secs(1),
            geo_deadline: GEO_DEADLINE,
            back_off: BackOff { base: Duration::from_secs(2), ceiling: Duration::from_secs(300) },
            probe_back_off: BackOff { base: Duration::from_millis(500), ceiling: Duration::from_secs(5) },
            refusal_back_off: BackOff { base: Duration::from_secs(2), ceiling: Duration::from_secs(300) },
            start_jitter: BackOff::new(Duration::from_millis(12), Duration::from_millis(12)),
            grace: Duration::from_secs(10),
        }
    }
}

/// Claims due mails under a lease and sees each to its end: budget, customer, place, token, text,
/// relay, outcome. A crash at any point leaves a row that another worker picks up when the lease
/// ends.
pub struct DeliverResets {
    ports: DeliveryPorts,
    organisations: OrganisationCache,
    links: Links,
    settings: DeliverySettings,
    signal: WorkSignal,
    refusals: Mutex<Refusals>,
    relay: RelayStatus,
}

impl DeliverResets {
    /// A worker over these ports.
    #[must_use]
    pub fn new(ports: DeliveryPorts, links: Links, settings: DeliverySettings, signal: WorkSignal) -> Self {
        let organisations = OrganisationCache::new(Arc::clone(&ports.organisations));
        Self {
            ports,
            organisations,
            links,
            settings,
            signal,
            refusals: Mutex::default(),
            relay: RelayStatus::default(),
        }
    }

    /// Keeps `relay` up to date.
    #[must_use]
    pub fn reporting_to(mut self, relay: RelayStatus) -> Self {
        self.relay = relay;
        self
    }

    /// Uniform over all of `u64`.
    fn random(&self) -> u64 {
        let mut bytes = [0; 8];
        self.ports.random.fill(&mut bytes);
        u64::from_ne_bytes(bytes)
    }
}
