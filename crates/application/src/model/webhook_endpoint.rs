use std::fmt;

use chrono::{DateTime, Utc};
use domain::{OrganisationId, WebhookEndpointId, WebhookEventType, WebhookSecret};

use crate::ports::{AddressVault, StoreError};

/// A place where an organisation wants to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEndpoint {
    /// Identity.
    pub id: WebhookEndpointId,
    /// Whose.
    pub organisation: OrganisationId,
    /// What it wants to hear; empty: everything.
    pub events: Vec<WebhookEventType>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Since when it is told nothing any more: it answered 410.
    pub disabled_at: Option<DateTime<Utc>>,
}

/// Where an endpoint is, and the secret it shares with resetd. Stores keep both sealed: a URL may
/// hold a capability.
///
/// `Debug` shows neither.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookTarget {
    /// Where events go.
    pub url: String,
    /// Signs them.
    pub secret: WebhookSecret,
}

impl WebhookTarget {
    const PLACE: &'static str = "webhook_endpoint.sealed";

    /// Both in one text: the URL's line, then the bytes of the secret.
    #[must_use]
    pub fn seal(&self, vault: &dyn AddressVault) -> Vec<u8> {
        let plain = [self.url.as_bytes(), b"\n", self.secret.expose()].concat();
        vault.seal(&plain)
    }

    /// Opens what [`seal`](Self::seal) made.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for anything else.
    pub fn open(vault: &dyn AddressVault, sealed: &[u8]) -> Result<Self, StoreError> {
        let corrupt = |error: &str| StoreError::Corrupt { place: Self::PLACE, error: error.to_owned() };
        let plain = vault.open(sealed).map_err(|error| corrupt(&error.to_string()))?;
        let mut parts = plain.splitn(2, |byte| *byte == b'\n');
        let url = parts.next().unwrap_or_default().to_vec();
        let secret = parts.next().ok_or_else(|| corrupt("one line"))?;
        Ok(Self {
            url: String::from_utf8(url).map_err(|_| corrupt("not UTF-8"))?,
            secret: WebhookSecret::from_bytes(secret).map_err(|error| corrupt(&error.to_string()))?,
        })
    }
}

impl fmt::Debug for WebhookTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookTarget(…)")
    }
}

/// An endpoint as an operator sees it: how it is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEndpointStatus {
    /// Which.
    pub endpoint: WebhookEndpoint,
    /// Where it is.
    pub url: String,
    /// Events that it has still to be told of.
    pub waiting: u64,
    /// Events it took, as far as they are kept.
    pub delivered: u64,
    /// Events given up, as far as they are kept.
    pub given_up: u64,
    /// Calls in a row that failed.
    pub failures: u32,
    /// How the last call ended.
    pub last_answer: Option<String>,
}
