//! Which part of the address space an address lies in, by the IANA special-purpose registries.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::macros::{deserialize_impl, parse_impls, serialize_impl, string_enum};

string_enum! {
    /// Where an address lies, by IANA's special-purpose address registries (RFC 6890 and what
    /// updates it).
    IpScope, "scope of an IP address", unknown
    /// The text is no scope of an IP address.
    UnknownIpScope {
        /// On the public internet. Of an IPv6 address that carries an IPv4 one (NAT64 of RFC 6052,
        /// 6to4 of RFC 3056) the IPv4 one decides.
        Global = "global",
        /// This machine: 127.0.0.0/8, `::1`.
        Loopback = "loopback",
        /// No address at all: `::`.
        Unspecified = "unspecified",
        /// "This network": 0.0.0.0/8.
        ThisNetwork = "this-network",
        /// Private networks: RFC 1918, unique local addresses (RFC 4193), NAT64 for local use (RFC
        /// 8215) and the deprecated site-local addresses (RFC 3879).
        Private = "private",
        /// Between a provider's NAT and its customers: 100.64.0.0/10 (RFC 6598).
        Shared = "shared",
        /// One link only: 169.254.0.0/16 (RFC 3927), fe80::/10.
        LinkLocal = "link-local",
        /// For examples in documents (RFC 5737, RFC 3849, RFC 9637).
        Documentation = "documentation",
        /// For tests of network devices (RFC 2544, RFC 5180).
        Benchmarking = "benchmarking",
        /// A group of receivers: 224.0.0.0/4, ff00::/8.
        Multicast = "multicast",
        /// All of a network: 255.255.255.255.
        Broadcast = "broadcast",
        /// Kept for protocols or for the future; nobody sends from there.
        Reserved = "reserved",
    }
}

impl IpScope {
    /// The scope of any address, normalised or not.
    #[must_use]
    pub fn of(addr: IpAddr) -> Self {
        match addr {
            IpAddr::V4(addr) => Self::of_v4(addr),
            IpAddr::V6(addr) => Self::of_v6(addr),
        }
    }

    /// Rows of <https://www.iana.org/assignments/iana-ipv4-special-registry>, the more specific
    /// first.
    const fn of_v4(addr: Ipv4Addr) -> Self {
        match addr.octets() {
            [0, ..] => Self::ThisNetwork,
            [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Self::Private,
            [100, 64..=127, ..] => Self::Shared,
            [127, ..] => Self::Loopback,
            [169, 254, ..] => Self::LinkLocal,
            // PCP and TURN anycast (RFC 7723, RFC 8155) are the globally reachable ones of
            // 192.0.0.0/24.
            [192, 0, 0, 9 | 10] => Self::Global,
            [192, 0, 0, _] => Self::Reserved,
            [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Self::Documentation,
            // 6to4 relay anycast, deprecated by RFC 7526.
            [192, 88, 99, _] => Self::Reserved,
            [198, 18 | 19, ..] => Self::Benchmarking,
            [224..=239, ..] => Self::Multicast,
            [255, 255, 255, 255] => Self::Broadcast,
            [240..=255, ..] => Self::Reserved,
            _ => Self::Global,
        }
    }

    /// Rows of <https://www.iana.org/assignments/iana-ipv6-special-registry>, the more specific
    /// first.
    const fn of_v6(addr: Ipv6Addr) -> Self {
        match addr.segments() {
            [0, 0, 0, 0, 0, 0, 0, 0] => Self::Unspecified,
            [0, 0, 0, 0, 0, 0, 0, 1] => Self::Loopback,
            [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
                Self::of_v4(embedded(high, low))
            }
            [0x64, 0xff9b, 1, ..] => Self::Private,
            // AMT (RFC 7450), AS112 (RFC 7535), ORCHIDv2 (RFC 7343) and DRIP (RFC 9374), PCP and
            // TURN and DNS-SD anycast.
            [0x2001, 3, ..] | [0x2001, 4, 0x112, ..] | [0x2001, 0x20..=0x3f, ..] => Self::Global,
            [0x2001, 1, 0, 0, 0, 0, 0, 1..=3] => Self::Global,
            [0x2001, 2, 0, ..] => Self::Benchmarking,
            // The rest of the IETF protocol assignments (RFC 2928), Teredo among them.
            [0x2001, 0..=0x1ff, ..] => Self::Reserved,
            [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Self::Documentation,
            [0x2002, high, low, ..] => Self::of_v4(embedded(high, low)),
            // Global unicast is 2000::/3 (RFC 4291, section 2.4; RFC 3513).
            [0x2000..=0x3fff, ..] => Self::Global,
            [0xfc00..=0xfdff, ..] | [0xfec0..=0xfeff, ..] => Self::Private,
            [0xfe80..=0xfebf, ..] => Self::LinkLocal,
            [0xff00..=0xffff, ..] => Self::Multicast,
            _ => Self::Reserved,
        }
    }
}

const fn embedded(high: u16, low: u16) -> Ipv4Addr {
    let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
    Ipv4Addr::new(a, b, c, d)
}
