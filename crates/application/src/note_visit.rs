use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{CustomerIp, GeoContext, NetworkLocation, Proximity, RequestId};
use tokio::sync::Semaphore;
use tracing::warn;

use crate::GEO_DEADLINE;
use crate::locate::locate;
use crate::model::Requester;
use crate::ports::{GeoResolver, StoreError, TokenStore};

/// Visits under way at once. One more is noted without a comparison.
const MAX_CONCURRENT: u32 = 64;

/// Writes into a request's timeline who visited its link, and how near they are to the requester.
///
/// The timeline is for the operator: nobody waits for it, and that it cannot be written is no
/// reason to fail anything.
pub struct NoteVisit {
    tokens: Arc<dyn TokenStore>,
    geo: Arc<dyn GeoResolver>,
    deadline: Duration,
    /// A permit for each visit under way.
    free: Arc<Semaphore>,
}

/// A visit to a link.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LinkVisit {
    /// The request whose link was visited.
    pub(crate) request: RequestId,
    /// What the visitor did.
    pub(crate) action: VisitAction,
    /// From which address.
    pub(crate) ip: CustomerIp,
    /// When.
    pub(crate) at: DateTime<Utc>,
}

/// What somebody did with a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VisitAction {
    /// Followed it without being a person.
    Scanned,
    /// Looked at its page.
    Opened,
    /// Set a password with it. `flag_abroad`: the organisation wants to know when that was in
    /// another country.
    Redeemed { flag_abroad: bool },
}

impl NoteVisit {
    /// Notes into `tokens`, and asks `geo` where visitors are, within [`GEO_DEADLINE`].
    #[must_use]
    pub fn new(tokens: Arc<dyn TokenStore>, geo: Arc<dyn GeoResolver>) -> Self {
        Self { tokens, geo, deadline: GEO_DEADLINE, free: Arc::new(Semaphore::new(MAX_CONCURRENT as usize)) }
    }

    /// Notes who visited and did what. Returns at once: a task finds out the visitor's location and
    /// writes the entry.
    pub(crate) async fn execute(self: &Arc<Self>, visit: LinkVisit) {
        match Arc::clone(&self.free).try_acquire_owned() {
            Ok(permit) => {
                let this = Arc::clone(self);
                tokio::spawn(async move {
                    let proximity = this.compare(visit).await;
                    this.write(visit, proximity).await;
                    drop(permit);
                });
            }
            Err(_) => self.write(visit, Proximity::Unknown).await,
        }
    }

    /// Waits until every visit so far is noted. For an orderly shutdown.
    pub async fn settle(&self) {
        // The semaphore is never closed.
        drop(self.free.acquire_many(MAX_CONCURRENT).await);
    }

    async fn compare(&self, visit: LinkVisit) -> Proximity {
        if visit.action == VisitAction::Scanned {
            return Proximity::Unknown;
        }
        self.try_compare(visit).await.unwrap_or_else(|error| {
            warn!(%error, "a visitor could not be compared with the requester");
            Proximity::Unknown
        })
    }

    async fn try_compare(&self, visit: LinkVisit) -> Result<Proximity, StoreError> {
        let requester = self.tokens.requester(visit.request).await?;
        let Some(Requester { customer_ip: Some(requester), geo }) = requester else {
            return Ok(Proximity::Unknown);
        };
        let by_address =
            Proximity::between(network_location(requester, None), network_location(visit.ip, None));
        // Without the requester's place there is nothing to compare the visitor's with.
        let Some(theirs) = geo.filter(|_| by_address == Proximity::Unknown) else { return Ok(by_address) };
        let place = locate(self.geo.as_ref(), self.deadline, Some(visit.ip)).await;
        Ok(Proximity::between(
            network_location(requester, Some(&theirs)),
            network_location(visit.ip, place.as_ref()),
        ))
    }

    async fn write(&self, visit: LinkVisit, proximity: Proximity) {
        let compared = format!("from {}; compared with the request: {proximity}", visit.ip);
        match visit.action {
            VisitAction::Scanned => self.note(visit, "scanned", String::new()).await,
            VisitAction::Opened => self.note(visit, "opened", compared).await,
            VisitAction::Redeemed { flag_abroad } => {
                self.note(visit, "redeemed", compared).await;
                if flag_abroad && proximity == Proximity::OtherCountry {
                    let detail = "the password was set from another country than it was asked for".to_owned();
                    self.note(visit, "flagged", detail).await;
                }
            }
        }
    }

    async fn note(&self, visit: LinkVisit, event: &'static str, detail: String) {
        if let Err(error) = self.tokens.note(visit.request, visit.at, event, detail).await {
            warn!(%error, "a visit could not be noted");
        }
    }
}

fn network_location(ip: CustomerIp, geo: Option<&GeoContext>) -> NetworkLocation<'_> {
    NetworkLocation {
        ip,
        asn: geo.and_then(|geo| geo.asn),
        country: geo.and_then(|geo| geo.country_code.as_deref()),
    }
}
