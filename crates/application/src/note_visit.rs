use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{CustomerIp, Proximity, RequestId, Vantage};
use tokio::sync::Semaphore;
use tracing::warn;

use crate::GEO_DEADLINE;
use crate::locate::locate;
use crate::ports::{GeoContext, GeoResolver, Requester, StoreError, TokenStore};

/// Visits under way at once. One more is noted without a comparison.
const MOST: u32 = 64;

/// Writes into a request's timeline who came to its link, and how near they are to whoever asked for it.
///
/// The timeline is for the operator: nobody waits for it, and that it cannot be written is no reason to fail anything.
pub struct NoteVisit {
    tokens: Arc<dyn TokenStore>,
    geo: Arc<dyn GeoResolver>,
    deadline: Duration,
    /// A permit for each visit under way.
    free: Arc<Semaphore>,
}

/// Somebody came to a link.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Came {
    /// To the link of this request.
    pub(crate) request: RequestId,
    /// And did this.
    pub(crate) deed: Deed,
    /// From here.
    pub(crate) ip: CustomerIp,
    /// At this moment.
    pub(crate) at: DateTime<Utc>,
}

/// What somebody did with a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Followed it without being a person.
    Scanned,
    /// Looked at its page.
    Opened,
    /// Set a password with it. `flag_abroad`: the organisation wants to know when it came from another country.
    Redeemed { flag_abroad: bool },
}

impl NoteVisit {
    /// Notes into `tokens`, and asks `geo` where visitors are, within [`GEO_DEADLINE`].
    #[must_use]
    pub fn new(tokens: Arc<dyn TokenStore>, geo: Arc<dyn GeoResolver>) -> Self {
        Self { tokens, geo, deadline: GEO_DEADLINE, free: Arc::new(Semaphore::new(MOST as usize)) }
    }

    /// Notes who came and did what. Returns at once: the visitor's place is found out, and the entry written, behind the
    /// caller's back.
    pub(crate) async fn execute(self: &Arc<Self>, came: Came) {
        match Arc::clone(&self.free).try_acquire_owned() {
            Ok(permit) => {
                let this = Arc::clone(self);
                tokio::spawn(async move {
                    let proximity = this.compare(came).await;
                    this.write(came, proximity).await;
                    drop(permit);
                });
            }
            Err(_) => self.write(came, Proximity::Unknown).await,
        }
    }

    /// Waits until every visit so far is noted. For an orderly shutdown.
    pub async fn settle(&self) {
        // The semaphore is never closed.
        drop(self.free.acquire_many(MOST).await);
    }

    async fn compare(&self, came: Came) -> Proximity {
        if came.deed == Deed::Scanned {
            return Proximity::Unknown;
        }
        self.try_compare(came).await.unwrap_or_else(|fault| {
            warn!(%fault, "a visitor could not be compared with the requester");
            Proximity::Unknown
        })
    }

    async fn try_compare(&self, came: Came) -> Result<Proximity, StoreError> {
        let requester = self.tokens.requester(came.request).await?;
        let Some(Requester { customer_ip: Some(requester), geo }) = requester else {
            return Ok(Proximity::Unknown);
        };
        let by_address = Proximity::between(vantage(requester, None), vantage(came.ip, None));
        // Without the requester's place there is nothing to compare the visitor's with.
        let Some(theirs) = geo.filter(|_| by_address == Proximity::Unknown) else { return Ok(by_address) };
        let place = locate(self.geo.as_ref(), self.deadline, Some(came.ip)).await;
        Ok(Proximity::between(vantage(requester, Some(&theirs)), vantage(came.ip, place.as_ref())))
    }

    async fn write(&self, came: Came, proximity: Proximity) {
        let compared = format!("from {}; compared with the request: {proximity}", came.ip);
        match came.deed {
            Deed::Scanned => self.note(came, "scanned", String::new()).await,
            Deed::Opened => self.note(came, "opened", compared).await,
            Deed::Redeemed { flag_abroad } => {
                self.note(came, "redeemed", compared).await;
                if flag_abroad && proximity == Proximity::OtherCountry {
                    let detail = "the password was set from another country than it was asked for".to_owned();
                    self.note(came, "flagged", detail).await;
                }
            }
        }
    }

    async fn note(&self, came: Came, event: &'static str, detail: String) {
        if let Err(fault) = self.tokens.note(came.request, came.at, event, detail).await {
            warn!(%fault, "a visit could not be noted");
        }
    }
}

fn vantage(ip: CustomerIp, geo: Option<&GeoContext>) -> Vantage<'_> {
    Vantage { ip, asn: geo.and_then(|geo| geo.asn), country: geo.and_then(|geo| geo.country_code.as_deref()) }
}
