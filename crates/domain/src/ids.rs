//! Identifiers: UUIDs in types of their own, so that a customer's is never taken for a request's.

use core::fmt;

use thiserror::Error;

use crate::macros::{deserialize_impl, parse_impls, serialize_impl};

macro_rules! ids {
    ($( $(#[$meta:meta])* $name:ident; )+) => { $(
        $(#[$meta])*
        ///
        /// Sixteen bytes, printed and read as a hyphenated UUID (RFC 9562). Made by
        /// [`Self::from_parts`] it is a UUIDv7: it sorts by the time it was made.
        ///
        /// ```
        #[doc = concat!("use resetd_domain::", stringify!($name), ";")]
        ///
        #[doc = concat!("let id = ", stringify!($name), "::from_parts(1_645_557_742_000, [7; 10]);")]
        /// assert_eq!(id.to_string(), "017f22e2-79b0-7707-8707-070707070707");
        #[doc = concat!("assert_eq!(", stringify!($name), "::parse(&id.to_string())?, id);")]
        /// # Ok::<(), resetd_domain::IdError>(())
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// The identifier as a store gave it back.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The identifier as a store keeps it.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }

            /// A UUIDv7 (RFC 9562, section 5.7) of a time in milliseconds since the Unix epoch, of
            /// which the lower 48 bits count, and ten random bytes, of which 74 bits count.
            #[must_use]
            pub const fn from_parts(unix_ms: u64, random: [u8; 10]) -> Self {
                Self(uuid_v7(unix_ms, random))
            }

            /// The time a UUIDv7 was made, in milliseconds since the Unix epoch; `None` for other
            /// UUIDs.
            #[must_use]
            pub const fn unix_ms(&self) -> Option<u64> {
                unix_ms(&self.0)
            }

            /// Reads a hyphenated UUID of any version, in either case.
            ///
            /// # Errors
            ///
            /// [`IdError`] for any other spelling.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                parse_hyphenated(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_hyphenated(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "("))?;
                write_hyphenated(&self.0, f)?;
                f.write_str(")")
            }
        }

        impl From<[u8; 16]> for $name {
            fn from(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }
        }

        parse_impls!($name, IdError);
        serialize_impl!($name);
        deserialize_impl!($name, "a hyphenated UUID");
    )+ };
}

ids! {
    /// One request to reset a password.
    RequestId;
    /// One organisation: a tenant.
    OrganisationId;
    /// One customer of one organisation.
    CustomerId;
    /// One API key.
    ApiKeyId;
    /// One running worker, the holder of leases.
    WorkerId;
    /// One mail in the queue.
    MailId;
    /// A webhook endpoint.
    WebhookEndpointId;
    /// A webhook event; the same id on every delivery attempt.
    WebhookEventId;
}

// A reset request and its mail are one row, known to callers as a request and to the queue as a mail.
impl From<RequestId> for MailId {
    fn from(id: RequestId) -> Self {
        Self(id.0)
    }
}

impl From<MailId> for RequestId {
    fn from(id: MailId) -> Self {
        Self(id.0)
    }
}

/// Why a text is no identifier.
///
/// ```
/// use resetd_domain::RequestId;
///
/// let error = RequestId::parse("017f22e2-79b0").unwrap_err();
/// assert_eq!((error.code(), error.position()), ("not-a-uuid", 13));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[error("not a UUID at byte {position}: expected 8-4-4-4-12 hexadecimal digits with hyphens")]
pub struct IdError {
    position: usize,
}

impl IdError {
    /// The machine's name of this error; never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "not-a-uuid"
    }

    /// The byte of the input where the error lies.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.position
    }
}

const fn uuid_v7(unix_ms: u64, random: [u8; 10]) -> [u8; 16] {
    let [_, _, t0, t1, t2, t3, t4, t5] = unix_ms.to_be_bytes();
    let [a, b, c, d, e, f, g, h, i, j] = random;
    [t0, t1, t2, t3, t4, t5, 0x70 | (a & 0x0f), b, 0x80 | (c & 0x3f), d, e, f, g, h, i, j]
}

const fn unix_ms(bytes: &[u8; 16]) -> Option<u64> {
    match *bytes {
        [a, b, c, d, e, f, version, _, variant, ..] if version >> 4 == 7 && variant >> 6 == 0b10 => {
            Some(u64::from_be_bytes([0, 0, a, b, c, d, e, f]))
        }
        _ => None,
    }
}

/// Whether a hyphen stands before the byte of this index.
const fn after_hyphen(index: usize) -> bool {
    matches!(index, 4 | 6 | 8 | 10)
}

fn write_hyphenated(bytes: &[u8; 16], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, byte) in bytes.iter().enumerate() {
        if after_hyphen(index) {
            f.write_str("-")?;
        }
        write!(f, "{byte:02x}")?;
    }
    Ok(())
}

fn parse_hyphenated(text: &str) -> Result<[u8; 16], IdError> {
    fn digit(input: &mut impl Iterator<Item = (usize, u8)>, end: usize) -> Result<u8, IdError> {
        let (position, byte) = input.next().ok_or(IdError { position: end })?;
        match byte {
            b'0'..=b'9' => Ok(byte - b'0'),
            b'a'..=b'f' => Ok(byte - b'a' + 10),
            b'A'..=b'F' => Ok(byte - b'A' + 10),
            _ => Err(IdError { position }),
        }
    }

    let mut input = text.bytes().enumerate();
    let mut bytes = [0_u8; 16];
    for (index, byte) in bytes.iter_mut().enumerate() {
        if after_hyphen(index) {
            match input.next() {
                Some((_, b'-')) => {}
                Some((position, _)) => return Err(IdError { position }),
                None => return Err(IdError { position: text.len() }),
            }
        }
        let high = digit(&mut input, text.len())?;
        *byte = high << 4 | digit(&mut input, text.len())?;
    }
    match input.next() {
        None => Ok(bytes),
        Some((position, _)) => Err(IdError { position }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_9562_appendix_a_6() {
        // Tuesday, February 22, 2022 2:22:22.00 PM GMT-05:00, rand_a 0xCC3, rand_b
        // 0x18C4DC0C0C07398F.
        let random = [0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f];
        let id = RequestId::from_parts(0x017F_22E2_79B0, random);
        assert_eq!(id.to_string(), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
        assert_eq!(id.unix_ms(), Some(1_645_557_742_000));
        assert_eq!(RequestId::parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"), Ok(id));
        assert_eq!(format!("{id:?}"), "RequestId(017f22e2-79b0-7cc3-98c4-dc0c0c07398f)");
    }

    #[test]
    fn version_and_variant_stand_over_any_random_bits() {
        for random in [[0; 10], [0xff; 10]] {
            let id = MailId::from_parts(u64::MAX, random);
            assert_eq!(id.as_bytes()[6] >> 4, 7);
            assert_eq!(id.as_bytes()[8] >> 6, 0b10);
            assert_eq!(id.unix_ms(), Some(0xffff_ffff_ffff));
        }
        assert_eq!(MailId::from_bytes([0; 16]).unix_ms(), None);
    }

    #[test]
    fn later_sorts_later() {
        let ids = [1, 2, 255, 256, 65_536].map(|ms| CustomerId::from_parts(ms, [0xff; 10]));
        assert!(ids.is_sorted());
    }

    #[test]
    fn other_spellings_are_refused_with_their_position() {
        for (text, position) in [
            ("", 0),
            ("017f22e279b07cc398c4dc0c0c07398f", 8),
            ("{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}", 0),
            ("017f22e2-79b0-7cc3-98c4-dc0c0c07398", 35),
            ("017f22e2-79b0-7cc3-98c4-dc0c0c07398f0", 36),
            ("017f22e2-79b0-7cc3-98c4-dc0c0c07398g", 35),
            ("017f22e2-79b0-7cc3-98c4-dc0c0c0739é", 34),
            (" 017f22e2-79b0-7cc3-98c4-dc0c0c07398f", 0),
        ] {
            assert_eq!(RequestId::parse(text), Err(IdError { position }), "{text:?}");
        }
    }
}
