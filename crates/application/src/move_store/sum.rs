use sha2::{Digest, Sha256};

use crate::model::Value;

/// How many rows there are, and what they are: equal for equal rows in whatever order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RowSum {
    /// Rows.
    pub rows: u64,
    digest: [u64; 4],
}

impl RowSum {
    /// Counts one row: the SHA-256 of its values is added to those before, modulo 2^64 in each of
    /// four parts.
    pub fn add(&mut self, row: &[Value]) {
        let mut hash = Sha256::new();
        for value in row {
            feed(&mut hash, value);
        }
        let digest: [u8; 32] = hash.finalize().into();
        for (sum, part) in self.digest.iter_mut().zip(digest.as_chunks::<8>().0) {
            *sum = sum.wrapping_add(u64::from_be_bytes(*part));
        }
        self.rows += 1;
    }

    /// The first half of the digest, for a person to compare: 32 hexadecimal digits.
    #[must_use]
    pub fn shown(&self) -> String {
        let [first, second, ..] = self.digest;
        format!("{first:016x}{second:016x}")
    }
}

/// Each value is preceded by its kind and its length, so that no two rows share an encoding.
fn feed(hash: &mut Sha256, value: &Value) {
    let mut put = |kind: u8, bytes: &[u8]| {
        hash.update([kind]);
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    match value {
        Value::Null => put(0, &[]),
        Value::Bool(value) => put(1, &[u8::from(*value)]),
        Value::Int(value) => put(2, &value.to_be_bytes()),
        Value::Text(value) => put(3, value.as_bytes()),
        Value::Bytes(value) => put(4, value),
        Value::Id(value) => put(5, value),
        Value::Time(value) => put(6, &value.timestamp_micros().to_be_bytes()),
        Value::Texts(values) => {
            put(7, &(values.len() as u64).to_be_bytes());
            for value in values {
                put(3, value.as_bytes());
            }
        }
        Value::Times(values) => {
            put(8, &(values.len() as u64).to_be_bytes());
            for value in values {
                put(6, &value.timestamp_micros().to_be_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(rows: &[Vec<Value>]) -> RowSum {
        let mut sum = RowSum::default();
        rows.iter().for_each(|row| sum.add(row));
        sum
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn the_order_of_rows_does_not_matter_and_everything_else_does() {
        let (a, b) = (vec![text("a"), Value::Int(1)], vec![text("b"), Value::Null]);
        let both = sum(&[a.clone(), b.clone()]);
        assert_eq!(both, sum(&[b.clone(), a.clone()]));
        assert_eq!(both.rows, 2);
        for other in [
            sum(std::slice::from_ref(&a)),
            sum(&[a.clone(), a.clone()]),
            sum(&[vec![text("a"), Value::Int(2)], b.clone()]),
            sum(&[vec![text("b"), Value::Int(1)], vec![text("a"), Value::Null]]),
            sum(&[vec![Value::Bytes(b"a".to_vec()), Value::Int(1)], b]),
        ] {
            assert_ne!(both, other);
            assert_ne!(both.shown(), other.shown());
        }
    }

    #[test]
    fn nothing_moves_from_one_value_to_the_next() {
        assert_ne!(sum(&[vec![text("ab"), text("c")]]), sum(&[vec![text("a"), text("bc")]]));
        assert_ne!(
            sum(&[vec![Value::Texts(vec!["a".into()]), text("b")]]),
            sum(&[vec![Value::Texts(vec!["a".into(), "b".into()])]])
        );
    }
}
