//! The customer's IP address, in one spelling per address.

mod diagnose;
mod scope;

use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub use self::diagnose::CustomerIpError;
pub use self::scope::{IpScope, UnknownIpScope};
use crate::macros::{deserialize_impl, parse_impls, serialize_impl};

/// The IP address a customer acts from, normalised: one value and one spelling per address.
///
/// * `::1` in any spelling, `0.0.0.0`, `localhost` in either case and the empty string are
///   `127.0.0.1`;
/// * an IPv4-mapped IPv6 address (RFC 4291, section 2.5.5.2) is the IPv4 address in it;
/// * spaces at the edges are trimmed, everything else is printed as RFC 5952 wants it.
///
/// Ordering and hashing are those of [`IpAddr`]: IPv4 before IPv6, then by number.
///
/// ```
/// use resetd_domain::CustomerIp;
///
/// assert_eq!(CustomerIp::parse("2001:DB8:0:0::0001")?.to_string(), "2001:db8::1");
/// assert_eq!(CustomerIp::parse("::ffff:1.1.1.1")?.to_string(), "1.1.1.1");
/// assert_eq!(CustomerIp::parse("")?, CustomerIp::LOCALHOST);
/// # Ok::<(), resetd_domain::CustomerIpError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomerIp(IpAddr);

impl CustomerIp {
    /// `127.0.0.1`.
    pub const LOCALHOST: Self = Self(IpAddr::V4(Ipv4Addr::LOCALHOST));

    /// Reads an address.
    ///
    /// # Errors
    ///
    /// Ports, brackets, CIDR, zone ids, leading zeros, short, hexadecimal and octal IPv4 forms, and
    /// whatever else is no address, each with its position.
    pub fn parse(text: &str) -> Result<Self, CustomerIpError> {
        let trimmed = text.trim_matches(' ');
        // std reads exactly the textual forms of RFC 4291 and of strict dotted decimals: it
        // decides, `diagnose` only explains a refusal.
        let parsed = if trimmed.bytes().take(5).any(|byte| byte == b':') {
            trimmed.parse().map(Self::from_v6).ok()
        } else {
            trimmed.parse().map(Self::from_v4).ok()
        };
        match parsed {
            Some(ip) => Ok(ip),
            None if trimmed.is_empty() || trimmed.eq_ignore_ascii_case("localhost") => Ok(Self::LOCALHOST),
            None => Err(diagnose::diagnose(text)),
        }
    }

    const fn from_v4(addr: Ipv4Addr) -> Self {
        if addr.is_unspecified() { Self::LOCALHOST } else { Self(IpAddr::V4(addr)) }
    }

    const fn from_v6(addr: Ipv6Addr) -> Self {
        match addr.to_ipv4_mapped() {
            Some(addr) => Self::from_v4(addr),
            None if addr.is_loopback() => Self::LOCALHOST,
            None => Self(IpAddr::V6(addr)),
        }
    }

    /// The address.
    #[must_use]
    pub const fn addr(&self) -> IpAddr {
        self.0
    }

    /// What a budget counts for this address: an IPv6 address as its /64, which is what one
    /// subscriber has; an IPv4 address as itself.
    ///
    /// ```
    /// use resetd_domain::CustomerIp;
    ///
    /// assert_eq!(CustomerIp::parse("2001:db8:1:2::7")?.budget_key(), CustomerIp::parse("2001:db8:1:2::")?);
    /// # Ok::<(), resetd_domain::CustomerIpError>(())
    /// ```
    #[must_use]
    pub fn budget_key(&self) -> Self {
        match self.0 {
            IpAddr::V4(_) => *self,
            IpAddr::V6(addr) => Self(IpAddr::V6(Ipv6Addr::from_bits(addr.to_bits() & (u128::MAX << 64)))),
        }
    }

    /// In which part of the address space it lies.
    #[must_use]
    pub fn scope(&self) -> IpScope {
        IpScope::of(self.0)
    }

    /// Whether it can belong to someone on the public internet. Nothing else is ever sent to a
    /// resolver.
    #[must_use]
    pub fn is_global(&self) -> bool {
        self.scope() == IpScope::Global
    }
}

impl fmt::Display for CustomerIp {
    /// RFC 5952: what std prints, as mapped addresses do not occur.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for CustomerIp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CustomerIp({})", self.0)
    }
}

impl From<IpAddr> for CustomerIp {
    /// The same normalisation as [`CustomerIp::parse`]: mapped addresses, `::1` and `0.0.0.0`
    /// included.
    fn from(addr: IpAddr) -> Self {
        match addr {
            IpAddr::V4(addr) => Self::from_v4(addr),
            IpAddr::V6(addr) => Self::from_v6(addr),
        }
    }
}

impl From<Ipv4Addr> for CustomerIp {
    fn from(addr: Ipv4Addr) -> Self {
        Self::from_v4(addr)
    }
}

impl From<Ipv6Addr> for CustomerIp {
    fn from(addr: Ipv6Addr) -> Self {
        Self::from_v6(addr)
    }
}

impl From<CustomerIp> for IpAddr {
    fn from(ip: CustomerIp) -> Self {
        ip.0
    }
}

impl From<CustomerIp> for String {
    /// In RFC 5952, as `Display` prints it.
    fn from(ip: CustomerIp) -> Self {
        ip.to_string()
    }
}

impl PartialEq<IpAddr> for CustomerIp {
    /// Equality with the very same address: `::1` and `0.0.0.0` equal no customer's IP, as those
    /// are `127.0.0.1`.
    fn eq(&self, addr: &IpAddr) -> bool {
        self.0 == *addr
    }
}

impl PartialEq<CustomerIp> for IpAddr {
    fn eq(&self, ip: &CustomerIp) -> bool {
        ip == self
    }
}

parse_impls!(CustomerIp, CustomerIpError);
serialize_impl!(CustomerIp);
deserialize_impl!(CustomerIp, "an IP address");
