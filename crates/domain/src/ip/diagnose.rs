//! Says what is wrong with a text that is no address.

use core::net::Ipv4Addr;

use thiserror::Error;

use crate::macros::error_codes;

/// Why a text is no customer IP. Positions are bytes of the text as given, its edges included.
///
/// ```
/// use resetd_domain::{CustomerIp, CustomerIpError};
///
/// let error = CustomerIp::parse("192.168.010.1").unwrap_err();
/// assert_eq!(error, CustomerIpError::LeadingZero { position: 8 });
/// assert_eq!((error.code(), error.position()), ("leading-zero", 8));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum CustomerIpError {
    /// `1.1.1.1:80`, `[::1]:80`.
    #[error("a port at byte {position}: expected the address alone")]
    Port {
        /// The byte of the colon.
        position: usize,
    },
    /// `[::1]`.
    #[error("a bracket at byte {position}: expected the address alone, without `[` and `]`")]
    Bracket {
        /// The byte of the bracket.
        position: usize,
    },
    /// `10.0.0.0/8`.
    #[error("a prefix length at byte {position}: expected one address, not a network")]
    Cidr {
        /// The byte of the slash.
        position: usize,
    },
    /// `fe80::1%eth0`.
    #[error(
        "a zone id at byte {position}: it means nothing outside of its machine; expected the address alone"
    )]
    ZoneId {
        /// The byte of the per cent sign.
        position: usize,
    },
    /// `192.168.010.1`: some read it as octal, some as decimal.
    #[error(
        "a leading zero at byte {position}: expected decimal numbers from 0 to 255 such as `10`, not `010`"
    )]
    LeadingZero {
        /// The byte of the zero.
        position: usize,
    },
    /// `0x7f.0.0.1`, `0x7f000001`.
    #[error(
        "a hexadecimal number at byte {position}: IPv4 is written as four decimal numbers such as `127.0.0.1`"
    )]
    Hexadecimal {
        /// The byte where the number begins.
        position: usize,
    },
    /// `127.1`, `2130706433`.
    #[error("an IPv4 address ends at byte {position} after {parts} of four numbers")]
    ShortV4 {
        /// The byte where the next number was expected.
        position: usize,
        /// How many numbers there are.
        parts: usize,
    },
    /// `1.1.1.1.1`.
    #[error("a fifth number at byte {position}: an IPv4 address has four")]
    LongV4 {
        /// The byte where the surplus begins.
        position: usize,
    },
    /// `1.1.1.256`.
    #[error("a number over 255 at byte {position}")]
    NumberTooLarge {
        /// The byte where the number begins.
        position: usize,
    },
    /// `1..1.1`, `.1.1.1`.
    #[error("a number is missing at byte {position}: expected one from 0 to 255")]
    MissingNumber {
        /// The byte where the number was expected.
        position: usize,
    },
    /// `::12345`.
    #[error("a group of more than four hexadecimal digits at byte {position}")]
    GroupTooLong {
        /// The byte where the group begins.
        position: usize,
    },
    /// `1::2::3`, `:::`.
    #[error("`::` once more at byte {position}: it may stand for zeros only once")]
    SecondEllipsis {
        /// The byte of the second `::`.
        position: usize,
    },
    /// `1:2:3`, `1:2:3:4:5:6:7:8:9`, `:1`.
    #[error(
        "an IPv6 address has eight groups, or fewer with one `::`; the groups do not add up at byte {position}"
    )]
    WrongGroups {
        /// The byte where a group is missing or one too many begins.
        position: usize,
    },
    /// Anything that belongs into no address.
    #[error("not an IP address: unexpected {character:?} at byte {position}")]
    UnexpectedCharacter {
        /// The byte where the character begins.
        position: usize,
        /// The character.
        character: char,
    },
}

error_codes! {
    CustomerIpError {
        Port => "port",
        Bracket => "bracket",
        Cidr => "cidr",
        ZoneId => "zone-id",
        LeadingZero => "leading-zero",
        Hexadecimal => "hexadecimal",
        ShortV4 => "short-ipv4",
        LongV4 => "long-ipv4",
        NumberTooLarge => "number-too-large",
        MissingNumber => "missing-number",
        GroupTooLong => "group-too-long",
        SecondEllipsis => "second-ellipsis",
        WrongGroups => "wrong-groups",
        UnexpectedCharacter => "unexpected-character",
    }
}

impl CustomerIpError {
    /// The byte of the input where the error lies.
    #[must_use]
    pub const fn position(&self) -> usize {
        match *self {
            Self::Port { position }
            | Self::Bracket { position }
            | Self::Cidr { position }
            | Self::ZoneId { position }
            | Self::LeadingZero { position }
            | Self::Hexadecimal { position }
            | Self::ShortV4 { position, .. }
            | Self::LongV4 { position }
            | Self::NumberTooLarge { position }
            | Self::MissingNumber { position }
            | Self::GroupTooLong { position }
            | Self::SecondEllipsis { position }
            | Self::WrongGroups { position }
            | Self::UnexpectedCharacter { position, .. } => position,
        }
    }
}

/// Explains why std refused a text that is neither empty nor `localhost`.
pub(super) fn diagnose(text: &str) -> CustomerIpError {
    let start = text.len() - text.trim_start_matches(' ').len();
    let address = text.trim_matches(' ');
    let hexadecimal = address.contains([':', 'x', 'X']);
    // What stands around an address and what no address contains, from the left.
    for (offset, character) in address.char_indices() {
        let position = start + offset;
        match character {
            '[' | ']' => return CustomerIpError::Bracket { position },
            '/' => return CustomerIpError::Cidr { position },
            '%' => return CustomerIpError::ZoneId { position },
            ':' if is_port(address, offset) => return CustomerIpError::Port { position },
            '0'..='9' | '.' | ':' => {}
            'a'..='f' | 'A'..='F' if hexadecimal => {}
            'x' | 'X' if address.get(..offset).is_some_and(|before| before.ends_with('0')) => {}
            _ => return CustomerIpError::UnexpectedCharacter { position, character },
        }
    }
    if address.contains(':') { v6(address, start) } else { v4(address, start) }
}

/// A colon after a dot is a port's: in IPv6 the dotted part comes last.
fn is_port(address: &str, colon: usize) -> bool {
    address.get(..colon).is_some_and(|before| before.contains('.'))
}

/// Numbers with dots between them.
fn v4(address: &str, start: usize) -> CustomerIpError {
    let mut position = start;
    let mut parts = 0;
    for part in address.split('.') {
        if parts == 4 {
            return CustomerIpError::LongV4 { position };
        }
        if let Some(error) = number(part, position) {
            return error;
        }
        parts += 1;
        position += part.len() + 1;
    }
    CustomerIpError::ShortV4 { position: position - 1, parts }
}

/// What is wrong with one of the four numbers, if anything.
fn number(part: &str, position: usize) -> Option<CustomerIpError> {
    if part.is_empty() {
        return Some(CustomerIpError::MissingNumber { position });
    }
    if part.starts_with("0x") || part.starts_with("0X") {
        return Some(CustomerIpError::Hexadecimal { position });
    }
    if let Some((offset, character)) = part.char_indices().find(|(_, character)| !character.is_ascii_digit())
    {
        return Some(CustomerIpError::UnexpectedCharacter { position: position + offset, character });
    }
    if part.len() > 1 && part.starts_with('0') {
        return Some(CustomerIpError::LeadingZero { position });
    }
    part.parse::<u8>().is_err().then_some(CustomerIpError::NumberTooLarge { position })
}

/// Groups with colons between them, perhaps with a dotted tail.
fn v6(address: &str, start: usize) -> CustomerIpError {
    let mut ellipses = address.match_indices("::");
    let ellipsis = ellipses.next();
    if let Some((first, _)) = ellipsis {
        // `match_indices` does not overlap: a third colon right after the first two is one more
        // ellipsis.
        let third = (address.get(first + 2..first + 3) == Some(":")).then_some(first + 1);
        if let Some(offset) = third.or(ellipses.next().map(|(offset, _)| offset)) {
            return CustomerIpError::SecondEllipsis { position: start + offset };
        }
    }
    let most = if ellipsis.is_some() { 7 } else { 8 };
    let mut groups = 0;
    let mut position = start;
    for group in address.split(':') {
        let edge_of_ellipsis =
            group.is_empty() && ellipsis.is_some_and(|(at, _)| (at..=at + 2).contains(&(position - start)));
        if !edge_of_ellipsis {
            if group.is_empty() || groups >= most {
                return CustomerIpError::WrongGroups { position };
            }
            if group.contains('.') {
                groups += 1;
                if groups >= most {
                    return CustomerIpError::WrongGroups { position };
                }
                if group.parse::<Ipv4Addr>().is_err() {
                    return v4(group, position);
                }
            } else if let Some((offset, character)) =
                group.char_indices().find(|(_, character)| !character.is_ascii_hexdigit())
            {
                return CustomerIpError::UnexpectedCharacter { position: position + offset, character };
            } else if group.len() > 4 {
                return CustomerIpError::GroupTooLong { position };
            }
            groups += 1;
        }
        position += group.len() + 1;
    }
    CustomerIpError::WrongGroups { position: start + address.len() }
}
