use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::{CustomerIp, Language};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A place with its names by language; `names` may lack any language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceName {
    /// The name in English, or as the source spells it.
    pub name: String,
    /// Names by language tag (`cs`, `de`, …).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<String, String>,
}

impl PlaceName {
    /// A place known by one name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), names: BTreeMap::new() }
    }

    /// The name in `language`, else the plain one.
    #[must_use]
    pub fn in_language(&self, language: &Language) -> &str {
        self.names.get(language.as_str()).map_or(&self.name, String::as_str)
    }
}

/// What is known of an address. Every part is optional; nothing is guessed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GeoContext {
    /// Host name from reverse DNS, lower case, without the trailing dot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reverse_dns: Option<String>,
    /// ISO 3166-1 alpha-2, upper case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
    /// The country's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<PlaceName>,
    /// First-level subdivision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<PlaceName>,
    /// City.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<PlaceName>,
    /// Degrees north, −90 to 90.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// Degrees east, −180 to 180.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
    /// IANA time zone (`Europe/Prague`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Autonomous system number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asn: Option<u32>,
    /// The organisation that runs the autonomous system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_organisation: Option<String>,
    /// An open or anonymising proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_proxy: Option<bool>,
    /// A commercial VPN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_vpn: Option<bool>,
    /// A Tor exit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_tor: Option<bool>,
    /// A hosting provider or data centre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_hosting: Option<bool>,
    /// Which resolver said so (`vikitron`, `local`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// Why nothing is known.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GeoError {
    /// The resolver is down, slow or answering nonsense; another may stand in.
    #[error("the resolver is unavailable: {0}")]
    Unavailable(String),
    /// The resolver works and knows nothing of this address.
    #[error("nothing is known of this address")]
    Unknown,
}

/// Resolves a customer's IP to its context.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait GeoResolver: Send + Sync {
    /// Resolves one address. The caller asks only for addresses whose scope is global; an adapter
    /// MUST all the same answer [`GeoError::Unknown`] for any other without asking anybody.
    ///
    /// MUST end within the adapter's own deadline, and be safe to drop.
    ///
    /// # Errors
    /// [`GeoError::Unavailable`] when another resolver should be asked, [`GeoError::Unknown`] when
    /// it need not.
    async fn resolve(&self, ip: CustomerIp) -> Result<GeoContext, GeoError>;
}
