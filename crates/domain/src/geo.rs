mod clean;

use std::collections::BTreeMap;

use crate::Language;

/// The name of a country, region or city, by language; `names` may lack any language.
///
/// ```
/// use resetd_domain::{Language, PlaceName};
///
/// let mut prague = PlaceName::new("Prague");
/// prague.names.insert("cs".to_owned(), "Praha".to_owned());
/// assert_eq!(prague.in_language(&Language::CS), "Praha");
/// assert_eq!(prague.in_language(&Language::DE), "Prague");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PlaceName {
    /// The name in English, or as the source spells it.
    pub name: String,
    /// Names by language tag (`cs`, `de`, …).
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "BTreeMap::is_empty"))]
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

/// What is known of an IP address. Every part is optional; nothing is guessed.
///
/// ```
/// use resetd_domain::GeoContext;
///
/// let answer = GeoContext { country_code: Some("cz".to_owned()), asn: Some(0), ..GeoContext::default() };
/// let clean = answer.cleaned();
/// assert_eq!(clean.country_code.as_deref(), Some("CZ"));
/// assert_eq!(clean.asn, None, "RFC 7607 reserves AS 0");
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default))]
pub struct GeoContext {
    /// Host name from reverse DNS, lower case, without the trailing dot.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub reverse_dns: Option<String>,
    /// ISO 3166-1 alpha-2, upper case.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub country_code: Option<String>,
    /// The country's name.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub country: Option<PlaceName>,
    /// First-level subdivision.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub region: Option<PlaceName>,
    /// City.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub city: Option<PlaceName>,
    /// Degrees north, −90 to 90.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub latitude: Option<f64>,
    /// Degrees east, −180 to 180.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub longitude: Option<f64>,
    /// IANA time zone (`Europe/Prague`).
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub time_zone: Option<String>,
    /// Autonomous system number.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub asn: Option<u32>,
    /// The organisation that runs the autonomous system.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub as_organisation: Option<String>,
    /// An open or anonymising proxy.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub is_proxy: Option<bool>,
    /// A commercial VPN.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub is_vpn: Option<bool>,
    /// A Tor exit.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub is_tor: Option<bool>,
    /// A hosting provider or data centre.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub is_hosting: Option<bool>,
    /// Which resolver said so (`vikitron`, `local`).
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub source: Option<String>,
}
