use std::fmt;
use std::str::FromStr;

use application::ports::Random;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{DecodeError, Engine as _, alphabet};
use hex::FromHexError;
use thiserror::Error;
use zeroize::{Zeroize as _, ZeroizeOnDrop, Zeroizing};

const LENGTH: usize = 32;

/// The installation's one secret: 32 random bytes from which the keys for sealing and fingerprints
/// are derived. With it and the database the addresses can be read; without it the database
/// holds none. Opaque in `Debug`, wiped when dropped.
///
/// As text it is 64 hexadecimal digits, or base64 (RFC 4648, the plain or the URL-safe alphabet,
/// padded or not). White space around it is ignored, so that a file may end with a line feed.
///
/// ```
/// use resetd_system::DataKey;
///
/// let key: DataKey = "4f7a3b0c9d2e1f6058697a8b9cadbecfd0e1f203142536475869708192a3b4c5".parse()?;
/// assert_eq!(format!("{key:?}"), "DataKey(…)");
/// # Ok::<(), resetd_system::DataKeyError>(())
/// ```
pub struct DataKey([u8; LENGTH]);

impl Drop for DataKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl ZeroizeOnDrop for DataKey {}

/// Why a text is no data key. Says where the error lies, never what stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DataKeyError {
    /// Nothing, or white space alone.
    #[error("the data key is empty")]
    Empty,
    /// Neither a hexadecimal digit nor of a base64 alphabet, or padding in the wrong place.
    #[error("the data key has a character at position {position} that is neither base64 nor hexadecimal")]
    InvalidCharacter {
        /// Characters before it, from 0, surrounding white space not counted.
        position: usize,
    },
    /// Not 32 bytes.
    #[error(
        "the data key must be 32 bytes: 64 hexadecimal digits or 44 characters of base64, not {characters}"
    )]
    WrongLength {
        /// Characters found, without surrounding white space.
        characters: usize,
    },
    /// One byte repeated: a placeholder, not a key.
    #[error("the data key is one byte repeated; make one with `openssl rand -base64 32`")]
    Placeholder,
}

impl DataKey {
    /// A new key. It is as good as `random` is.
    #[must_use]
    pub fn generate(random: &dyn Random) -> Self {
        let mut key = Self([0; LENGTH]);
        random.fill(&mut key.0);
        key
    }

    /// The key made of these bytes.
    ///
    /// # Errors
    /// [`DataKeyError::Placeholder`] when they are all the same.
    pub fn from_bytes(bytes: [u8; LENGTH]) -> Result<Self, DataKeyError> {
        let key = Self(bytes);
        if key.0.iter().all(|byte| Some(byte) == key.0.first()) {
            Err(DataKeyError::Placeholder)
        } else {
            Ok(key)
        }
    }

    /// The key as 64 hexadecimal digits, for the file it is kept in.
    #[must_use]
    pub fn expose_hex(&self) -> String {
        hex::encode(self.0)
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(…)")
    }
}

impl FromStr for DataKey {
    type Err = DataKeyError;

    fn from_str(text: &str) -> Result<Self, DataKeyError> {
        let text = text.trim_ascii();
        if text.is_empty() {
            return Err(DataKeyError::Empty);
        }
        let wrong_length = || DataKeyError::WrongLength { characters: text.chars().count() };
        // The two never meet: 32 bytes are 64 digits of the one and 43 or 44 characters of the
        // other.
        let decoded = if text.len() == 2 * LENGTH { from_hex(text) } else { from_base64(text) };
        let decoded = decoded.map_err(|position| match position {
            Some(position) => DataKeyError::InvalidCharacter { position },
            None => wrong_length(),
        })?;
        let bytes: &[u8; LENGTH] = decoded.as_slice().try_into().map_err(|_| wrong_length())?;
        Self::from_bytes(*bytes)
    }
}

/// The octets, or the position of the first character that is no digit. Everything before it is
/// ASCII, so that octets are characters.
fn from_hex(text: &str) -> Result<Zeroizing<Vec<u8>>, Option<usize>> {
    hex::decode(text).map(Zeroizing::new).map_err(|error| match error {
        FromHexError::InvalidHexCharacter { index, .. } => Some(index),
        FromHexError::OddLength | FromHexError::InvalidStringLength => None,
    })
}

/// The same of base64 in either alphabet of RFC 4648, sections 4 and 5, padded or not.
fn from_base64(text: &str) -> Result<Zeroizing<Vec<u8>>, Option<usize>> {
    const DECODER: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let plain = Zeroizing::new(text.replace('-', "+").replace('_', "/"));
    DECODER.decode(plain.as_bytes()).map(Zeroizing::new).map_err(|error| match error {
        DecodeError::InvalidByte(index, _) | DecodeError::InvalidLastSymbol(index, _) => Some(index),
        DecodeError::InvalidLength(_) | DecodeError::InvalidPadding => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1efb";

    fn bytes(text: &str) -> Result<[u8; 32], DataKeyError> {
        text.parse::<DataKey>().map(|key| *key.as_bytes())
    }

    #[test]
    fn hex_and_both_base64_alphabets_say_the_same() {
        let mut expected: [u8; 32] = std::array::from_fn(|index| index as u8);
        expected[31] = 0xfb;
        for text in [
            HEX,
            &HEX.to_uppercase(),
            &format!("\n {HEX}\r\n"),
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHvs=",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHvs",
        ] {
            assert_eq!(bytes(text), Ok(expected), "{text:?}");
        }
        assert_eq!(
            bytes("+/+/AwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHvs="),
            bytes("-_-_AwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHvs")
        );
        assert_eq!(bytes(HEX).and_then(DataKey::from_bytes).unwrap().expose_hex(), HEX);
    }

    #[test]
    fn errors_are_told_apart() {
        let invalid = |position| Err(DataKeyError::InvalidCharacter { position });
        let wrong = |characters| Err(DataKeyError::WrongLength { characters });
        for (text, error) in [
            ("", Err(DataKeyError::Empty)),
            (" \n\t", Err(DataKeyError::Empty)),
            ("AAECAwQF", wrong(8)),
            (&HEX[1..], wrong(63)),
            (&format!("{HEX}0"), wrong(65)),
            ("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHvsA", wrong(44)),
            ("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdH=s=", invalid(41)),
            ("AAEC*wQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHvs=", invalid(4)),
            (&HEX.replace("05", "0g"), invalid(11)),
            ("čAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHvs=", invalid(0)),
            (&"ab".repeat(32), Err(DataKeyError::Placeholder)),
            ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", Err(DataKeyError::Placeholder)),
        ] {
            assert_eq!(bytes(text), error, "{text:?}");
        }
    }

    #[test]
    fn a_key_is_never_printed() {
        assert_eq!(format!("{:?}", HEX.parse::<DataKey>().unwrap()), "DataKey(…)");
    }
}
