//! From where a request comes.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::http::{Extensions, HeaderMap};
use ipnetwork::IpNetwork;

const FORWARDED_FOR: &str = "x-forwarded-for";
/// More hops than any real chain of proxies has.
const MAX_HOPS: usize = 32;

/// The other end of the connection. Whoever serves the router puts it into the request's
/// extensions, as [`crate::serve`] does.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// The address the request comes from: the peer's, or, where the peer is a trusted proxy, the
/// right-most hop of `X-Forwarded-For` that is not one. What stands to the left of that hop is the
/// caller's own claim and is not looked at; neither are `Forwarded`, `X-Real-IP` and their kin.
pub(crate) fn address(extensions: &Extensions, headers: &HeaderMap, trusted: &[IpNetwork]) -> IpAddr {
    let peer =
        extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip().to_canonical());
    if !is_trusted(peer, trusted) {
        return peer;
    }
    let mut client = peer;
    for hop in hops(headers).take(MAX_HOPS) {
        // A hop that cannot be read ends the chain: nothing left of it can be trusted.
        let Some(hop) = hop else { break };
        client = hop;
        if !is_trusted(hop, trusted) {
            break;
        }
    }
    client
}

fn is_trusted(address: IpAddr, trusted: &[IpNetwork]) -> bool {
    trusted.iter().any(|network| network.contains(address))
}

/// The hops from right to left, over all the headers of that name.
fn hops(headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> {
    let lines = headers.get_all(FORWARDED_FOR).iter().rev();
    lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b',')).map(read_hop)
}

/// An address, perhaps with a port, an IPv6 one perhaps in brackets.
fn read_hop(hop: &[u8]) -> Option<IpAddr> {
    let hop = str::from_utf8(hop).ok()?.trim_matches([' ', '\t']);
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let address = bare.unwrap_or(hop).parse().ok();
    address
        .or_else(|| hop.parse().ok().map(|socket: SocketAddr| socket.ip()))
        .map(|ip: IpAddr| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn seen(peer: &str, forwarded: &[&str]) -> String {
        let mut extensions = Extensions::new();
        extensions.insert(Peer(SocketAddr::new(peer.parse().unwrap(), 4711)));
        let name = HeaderName::from_static(FORWARDED_FOR);
        let headers =
            forwarded.iter().map(|line| (name.clone(), HeaderValue::from_str(line).unwrap())).collect();
        let trusted = ["10.0.0.0/8".parse().unwrap(), "2001:db8::/32".parse().unwrap()];
        address(&extensions, &headers, &trusted).to_string()
    }

    #[test]
    fn the_peer_counts_where_no_proxy_is_trusted() {
        assert_eq!(seen("192.0.2.1", &[]), "192.0.2.1");
        assert_eq!(seen("192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(seen("::ffff:192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
    }

    #[test]
    fn behind_a_trusted_proxy_the_right_most_stranger_counts() {
        assert_eq!(seen("10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(seen("::ffff:10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1, 198.51.100.7, 10.2.3.4"]), "198.51.100.7");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1", "198.51.100.7", "10.2.3.4"]), "198.51.100.7");
        assert_eq!(seen("2001:db8::5", &["[2620:fe::9]:443,2001:db8::6"]), "2620:fe::9");
        assert_eq!(seen("10.0.0.1", &["[2620:fe::9]"]), "2620:fe::9");
        assert_eq!(seen("10.0.0.1", &["198.51.100.7:1234"]), "198.51.100.7");
    }

    #[test]
    fn a_hop_that_cannot_be_read_ends_the_chain() {
        assert_eq!(seen("10.0.0.1", &["198.51.100.7, unknown, 10.2.3.4"]), "10.2.3.4");
        assert_eq!(seen("10.0.0.1", &["198.51.100.7,"]), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &["10.0.0.9, 10.0.0.8"]), "10.0.0.9");
    }

    #[test]
    fn a_request_without_a_peer_comes_from_nowhere() {
        assert_eq!(address(&Extensions::new(), &HeaderMap::new(), &[]).to_string(), "0.0.0.0");
    }
}
