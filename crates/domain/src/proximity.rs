//! How near the one who opens a link is to the one who asked for it.

use core::fmt;
use core::net::IpAddr;

use crate::CustomerIp;

/// Where somebody acts from: an address, and what is known of it.
///
/// ```
/// use resetd_domain::{CustomerIp, NetworkLocation, Proximity};
///
/// let asked = NetworkLocation { ip: CustomerIp::parse("1.1.1.1")?, asn: Some(13_335), country: Some("AU") };
/// let set = NetworkLocation { ip: CustomerIp::parse("1.1.1.7")?, asn: None, country: None };
/// assert_eq!(Proximity::between(asked, set), Proximity::SameNetwork);
/// # Ok::<(), resetd_domain::CustomerIpError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkLocation<'a> {
    /// The address.
    pub ip: CustomerIp,
    /// The autonomous system it belongs to.
    pub asn: Option<u32>,
    /// Its country: ISO 3166-1 alpha-2, upper case.
    pub country: Option<&'a str>,
}

/// How near two addresses are to each other, as far as anybody knows. From near to far.
///
/// ```
/// use resetd_domain::{CustomerIp, NetworkLocation, Proximity};
///
/// let of = |ip, country| Ok(NetworkLocation { ip: CustomerIp::parse(ip)?, asn: None, country: Some(country) });
/// let proximity = Proximity::between(of("1.1.1.1", "AU")?, of("8.8.8.8", "US")?);
/// assert_eq!(proximity.to_string(), "different country");
/// # Ok::<(), resetd_domain::CustomerIpError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Proximity {
    /// The same address.
    SameAddress,
    /// The same /24 (IPv4) or /48 (IPv6), or the same autonomous system and not known to be in two
    /// countries: systems of large providers span several.
    SameNetwork,
    /// The same country.
    SameCountry,
    /// Two countries.
    OtherCountry,
    /// Nothing known tells.
    Unknown,
}

impl Proximity {
    /// Compares two vantages; which comes first makes no difference.
    ///
    /// ```
    /// use resetd_domain::{CustomerIp, Proximity, NetworkLocation};
    ///
    /// let at = |ip, country| NetworkLocation { ip: CustomerIp::parse(ip).unwrap(), asn: None, country };
    /// assert_eq!(Proximity::between(at("1.1.1.1", None), at("1.1.1.9", None)), Proximity::SameNetwork);
    /// assert_eq!(Proximity::between(at("1.1.1.1", Some("AU")), at("8.8.8.8", Some("US"))), Proximity::OtherCountry);
    /// ```
    #[must_use]
    pub fn between(one: NetworkLocation<'_>, other: NetworkLocation<'_>) -> Self {
        if one.ip == other.ip {
            return Self::SameAddress;
        }
        if are_neighbours(one.ip.addr(), other.ip.addr()) {
            return Self::SameNetwork;
        }
        let same_country = one.country.zip(other.country).map(|(one, other)| one == other);
        let same_system = one.asn.zip(other.asn).is_some_and(|(one, other)| one == other);
        match same_country {
            Some(false) => Self::OtherCountry,
            _ if same_system => Self::SameNetwork,
            Some(true) => Self::SameCountry,
            None => Self::Unknown,
        }
    }

    /// In words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SameAddress => "same address",
            Self::SameNetwork => "same network",
            Self::SameCountry => "same country",
            Self::OtherCountry => "different country",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Proximity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A /48 is what one IPv6 site gets at most (RFC 6177).
fn are_neighbours(one: IpAddr, other: IpAddr) -> bool {
    match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => one.to_bits() >> 8 == other.to_bits() >> 8,
        (IpAddr::V6(one), IpAddr::V6(other)) => one.to_bits() >> 80 == other.to_bits() >> 80,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network_location<'a>(ip: &str, asn: u32, country: &'a str) -> NetworkLocation<'a> {
        let country = Some(country).filter(|country| !country.is_empty());
        NetworkLocation {
            ip: CustomerIp::parse(ip).unwrap(),
            asn: Some(asn).filter(|asn| *asn != 0),
            country,
        }
    }

    #[test]
    fn the_nearest_that_is_known_counts_in_either_order() {
        use Proximity::{OtherCountry, SameAddress, SameCountry, SameNetwork, Unknown};
        for (one, other, proximity) in [
            (("1.1.1.1", 1, "AU"), ("1.1.1.1", 2, "US"), SameAddress),
            (("::ffff:1.1.1.1", 0, ""), ("1.1.1.1", 0, ""), SameAddress),
            (("10.0.0.1", 0, ""), ("10.0.0.1", 0, ""), SameAddress),
            (("1.1.1.1", 0, ""), ("1.1.1.255", 0, ""), SameNetwork),
            (("1.1.1.1", 0, "AU"), ("1.1.1.2", 0, "US"), SameNetwork),
            (("1.1.1.1", 0, ""), ("1.1.2.1", 0, ""), Unknown),
            (("2001:db8:1::1", 0, ""), ("2001:db8:1:ffff::2", 0, ""), SameNetwork),
            (("2001:db8:1::1", 0, ""), ("2001:db8:2::1", 0, ""), Unknown),
            (("1.1.1.1", 5, ""), ("8.8.8.8", 5, ""), SameNetwork),
            (("1.1.1.1", 5, "CZ"), ("2001:db8::1", 5, "CZ"), SameNetwork),
            (("1.1.1.1", 5, "CZ"), ("8.8.8.8", 5, ""), SameNetwork),
            (("1.1.1.1", 5, "CZ"), ("8.8.8.8", 5, "SK"), OtherCountry),
            (("1.1.1.1", 5, "CZ"), ("8.8.8.8", 6, "CZ"), SameCountry),
            (("1.1.1.1", 0, "CZ"), ("8.8.8.8", 6, "CZ"), SameCountry),
            (("1.1.1.1", 5, "CZ"), ("8.8.8.8", 6, "PL"), OtherCountry),
            (("1.1.1.1", 5, "CZ"), ("8.8.8.8", 6, ""), Unknown),
            (("1.1.1.1", 5, ""), ("10.0.0.1", 0, ""), Unknown),
        ] {
            let (one, other) =
                (network_location(one.0, one.1, one.2), network_location(other.0, other.1, other.2));
            assert_eq!(Proximity::between(one, other), proximity, "{one:?} {other:?}");
            assert_eq!(Proximity::between(other, one), proximity, "{other:?} {one:?}");
        }
    }
}
