//! The field layouts of the vendors, told apart by a database's type and by the shape of its
//! records.

mod fields;
mod flat;
mod ipinfo;
mod maxmind;
mod place;

use std::collections::BTreeMap;
use std::fmt;

use domain::GeoContext;
use maxminddb::{LookupResult, MaxMindDbError};

use self::fields::Shape;
use crate::error::DatabaseKind;

/// A record as it was found.
pub(crate) type Found<'a> = LookupResult<'a, Vec<u8>>;

/// The names and shapes of the fields that some records of a database have.
pub(crate) type Fields = BTreeMap<String, Shape>;

/// Who laid out the fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Nested maps with names by language: GeoIP2, GeoLite2.
    MaxMind,
    /// MaxMind's layout; city names carry the district in parentheses.
    DbIp,
    /// Flat texts, numbers among them.
    IpInfo,
    /// Flat fields of DB-IP's lists as they are distributed freely: `state1`, `postcode`,
    /// `timezone`.
    Flat,
}

impl Layout {
    /// The layout of a database of this type with these fields; none when nothing fits.
    pub(crate) fn of(database_type: &str, fields: &Fields) -> Option<Self> {
        let named = database_type.to_ascii_lowercase();
        if named.starts_with("ipinfo") {
            return Some(Self::IpInfo);
        }
        if named.starts_with("dbip") || named.starts_with("db-ip") {
            return Some(Self::DbIp);
        }
        if named.starts_with("geoip") || named.starts_with("geolite") {
            return Some(Self::MaxMind);
        }
        let has = |names: &[&str]| names.iter().any(|name| fields.contains_key(*name));
        let nested = ["city", "country", "registered_country", "location", "subdivisions", "traits"];
        if nested.iter().any(|name| fields.get(*name) == Some(&Shape::Nested)) {
            Some(Self::MaxMind)
        } else if has(&["state1", "state2", "postcode"]) {
            Some(Self::Flat)
        } else if has(&[
            "as_name",
            "as_domain",
            "asn",
            "lat",
            "lng",
            "loc",
            "region",
            "country_name",
            "hosting",
            "vpn",
        ]) {
            Some(Self::IpInfo)
        } else if has(&[
            "autonomous_system_number",
            "is_anonymous",
            "is_tor_exit_node",
            "is_hosting_provider",
        ]) {
            Some(Self::MaxMind)
        } else {
            has(&["country_code"]).then_some(Self::Flat)
        }
    }

    /// Puts what the record says of the kind into the context.
    pub(crate) fn read(
        self,
        kind: DatabaseKind,
        record: &Found<'_>,
        context: &mut GeoContext,
    ) -> Result<(), MaxMindDbError> {
        match (kind, self) {
            (DatabaseKind::City, Self::MaxMind | Self::DbIp) => {
                maxmind::city(record, self == Self::DbIp, context)
            }
            (DatabaseKind::City, Self::IpInfo) => ipinfo::city(record, context),
            (DatabaseKind::City, Self::Flat) => flat::city(record, context),
            (DatabaseKind::Asn, Self::IpInfo) => ipinfo::asn(record, context),
            (DatabaseKind::Asn, _) => maxmind::asn(record, context),
            (DatabaseKind::Anonymous, Self::IpInfo) => ipinfo::anonymous(record, context),
            (DatabaseKind::Anonymous, _) => maxmind::anonymous(record, context),
        }
    }
}

/// Whether records with these fields can answer for the kind.
pub(crate) fn answers(kind: DatabaseKind, fields: &Fields) -> bool {
    let wanted: &[&str] = match kind {
        DatabaseKind::City => &[
            "city",
            "country",
            "country_code",
            "registered_country",
            "location",
            "loc",
            "lat",
            "region",
            "subdivisions",
        ],
        DatabaseKind::Asn => &["autonomous_system_number", "asn", "as_name", "traits"],
        DatabaseKind::Anonymous => &[
            "is_anonymous",
            "is_anonymous_vpn",
            "is_hosting_provider",
            "is_public_proxy",
            "is_residential_proxy",
            "is_tor_exit_node",
            "hosting",
            "proxy",
            "tor",
            "vpn",
            "relay",
            "traits",
        ],
    };
    wanted.iter().any(|name| fields.contains_key(*name))
}

/// Adds the fields of a record to those seen.
pub(crate) fn learn(record: &Found<'_>, fields: &mut Fields) -> Result<(), MaxMindDbError> {
    if let Some(shapes) = record.decode::<BTreeMap<String, Shape>>()? {
        fields.extend(shapes);
    }
    Ok(())
}

/// The field names for an error text.
pub(crate) struct FieldNames<'a>(pub(crate) &'a Fields);

impl fmt::Display for FieldNames<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.0.keys().take(12).map(String::as_str).collect();
        if names.is_empty() { f.write_str("no fields") } else { write!(f, "{}", names.join(", ")) }
    }
}
