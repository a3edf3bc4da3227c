//! Ranges of addresses as the fewest networks that cover them.

use std::net::IpAddr;

/// An address in the 128-bit tree. IPv4 lives in `::/96`, as the format lays down.
pub(crate) fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// The networks (first address, prefix length of 128) that together are exactly `first..=last`.
pub(crate) fn cover(first: u128, last: u128) -> Vec<(u128, u8)> {
    let mut networks = Vec::new();
    let mut start = first;
    while start <= last {
        let mut host_bits = start.trailing_zeros().min(128);
        while end(start, host_bits) > last {
            host_bits -= 1;
        }
        networks.push((start, u8::try_from(128 - host_bits).unwrap_or(128)));
        match end(start, host_bits).checked_add(1) {
            Some(next) => start = next,
            None => break,
        }
    }
    networks
}

fn end(start: u128, host_bits: u32) -> u128 {
    start | 1_u128.checked_shl(host_bits).map_or(u128::MAX, |size| size - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_covered_exactly() {
        assert_eq!(cover(0, u128::MAX), [(0, 0)]);
        assert_eq!(cover(u128::MAX, u128::MAX), [(u128::MAX, 128)]);
        assert_eq!(cover(5, 4), []);
        assert_eq!(cover(1, 6), [(1, 128), (2, 127), (4, 127), (6, 128)]);
    }

    #[test]
    fn every_small_range_adds_up() {
        for first in 0..40_u128 {
            for last in first..40 {
                let mut next = first;
                for (start, prefix) in cover(first, last) {
                    assert_eq!(start, next);
                    next = start + (1 << (128 - u32::from(prefix)));
                }
                assert_eq!(next, last + 1);
            }
        }
    }
}
