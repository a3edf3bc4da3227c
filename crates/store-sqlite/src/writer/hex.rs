use serde::{Serialize, Serializer};

/// Octets in the hexadecimal digits that SQLite's `unhex` reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hex(pub(crate) Vec<u8>);

impl From<&[u8]> for Hex {
    fn from(octets: &[u8]) -> Self {
        Self(octets.to_vec())
    }
}

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const DIGITS: [char; 16] =
            ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
        let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or_default();
        let text: String = self.0.iter().flat_map(|octet| [digit(octet >> 4), digit(octet & 15)]).collect();
        serializer.serialize_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_become_two_digits_each() {
        assert_eq!(serde_json::to_string(&Hex(vec![0x00, 0x0f, 0xa5, 0xff])).unwrap(), r#""000fa5ff""#);
        assert_eq!(serde_json::to_string(&Hex(Vec::new())).unwrap(), r#""""#);
    }
}
