//! The data section: values behind control bytes. Each text, map and list is written once; where it
//! comes again, a pointer stands for it, as in MaxMind's own files.

use std::collections::HashMap;

use crate::Value;

/// Type numbers of the format; those over 7 are "extended" and take a byte of their own.
mod kind {
    pub(super) const POINTER: u8 = 1;
    pub(super) const STRING: u8 = 2;
    pub(super) const DOUBLE: u8 = 3;
    pub(super) const UINT16: u8 = 5;
    pub(super) const UINT32: u8 = 6;
    pub(super) const MAP: u8 = 7;
    pub(super) const UINT64: u8 = 9;
    pub(super) const ARRAY: u8 = 11;
    pub(super) const BOOLEAN: u8 = 14;
    pub(super) const FLOAT: u8 = 15;
}

/// Text shorter than this is repeated: a pointer to it would be no shorter.
const SHORTEST_SHARED_TEXT: usize = 4;

/// The bytes of a data section in the making.
#[derive(Debug, Default)]
pub(crate) struct DataSection {
    bytes: Vec<u8>,
    texts: HashMap<String, usize>,
    /// Maps and lists by their bytes without pointers.
    containers: HashMap<Vec<u8>, usize>,
}

impl DataSection {
    /// The offset of `record`, which is written unless an equal one is there already.
    pub(crate) fn record(&mut self, record: &Value) -> usize {
        let key = Self::standalone(record);
        if let Some(offset) = self.containers.get(&key) {
            return *offset;
        }
        let offset = self.bytes.len();
        self.containers.insert(key, offset);
        self.contents(record, true);
        offset
    }

    /// One value on its own, without pointers: for the metadata section.
    pub(crate) fn standalone(value: &Value) -> Vec<u8> {
        let mut section = Self::default();
        section.contents(value, false);
        section.bytes
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// A value inside another one: itself, or a pointer to where it stands already.
    fn write(&mut self, value: &Value, share: bool) {
        if share && matches!(value, Value::Map(_) | Value::Array(_)) {
            let key = Self::standalone(value);
            if let Some(offset) = self.containers.get(&key) {
                return self.pointer(*offset);
            }
            self.containers.insert(key, self.bytes.len());
        }
        self.contents(value, share);
    }

    fn contents(&mut self, value: &Value, share: bool) {
        match value {
            Value::String(text) => self.text(text, share),
            Value::Double(number) => self.scalar(kind::DOUBLE, &number.to_be_bytes()),
            Value::Float(number) => self.scalar(kind::FLOAT, &number.to_be_bytes()),
            Value::Uint16(number) => self.scalar(kind::UINT16, trimmed(&number.to_be_bytes())),
            Value::Uint32(number) => self.scalar(kind::UINT32, trimmed(&number.to_be_bytes())),
            Value::Uint64(number) => self.scalar(kind::UINT64, trimmed(&number.to_be_bytes())),
            Value::Boolean(truth) => self.control(kind::BOOLEAN, usize::from(*truth)),
            Value::Map(pairs) => {
                self.control(kind::MAP, pairs.len());
                for (key, value) in pairs {
                    self.text(key, share);
                    self.write(value, share);
                }
            }
            Value::Array(values) => {
                self.control(kind::ARRAY, values.len());
                for value in values {
                    self.write(value, share);
                }
            }
        }
    }

    fn scalar(&mut self, kind: u8, bytes: &[u8]) {
        self.control(kind, bytes.len());
        self.bytes.extend_from_slice(bytes);
    }

    fn text(&mut self, text: &str, share: bool) {
        if share && text.len() >= SHORTEST_SHARED_TEXT {
            if let Some(offset) = self.texts.get(text) {
                return self.pointer(*offset);
            }
            self.texts.insert(text.to_owned(), self.bytes.len());
        }
        self.control(kind::STRING, text.len());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// A control byte (or two) and up to three bytes of size.
    fn control(&mut self, kind: u8, size: usize) {
        const FROM_1_BYTE: usize = 29;
        const FROM_2_BYTES: usize = 285;
        const FROM_3_BYTES: usize = 65_821;
        let (in_control, rest, width) = match size {
            0..FROM_1_BYTE => (size, 0, 0),
            FROM_1_BYTE..FROM_2_BYTES => (29, size - FROM_1_BYTE, 1),
            FROM_2_BYTES..FROM_3_BYTES => (30, size - FROM_2_BYTES, 2),
            _ => (31, size - FROM_3_BYTES, 3),
        };
        let low = low_byte(in_control);
        if kind <= 7 {
            self.bytes.push(kind << 5 | low);
        } else {
            self.bytes.extend([low, kind - 7]);
        }
        self.big_endian(rest, width);
    }

    /// A pointer to `offset` in one of the four widths of the format.
    fn pointer(&mut self, offset: usize) {
        const FROM_2_BYTES: usize = 2_048;
        const FROM_3_BYTES: usize = 526_336;
        const FROM_4_BYTES: usize = 134_744_064;
        let (size, value, width) = match offset {
            0..FROM_2_BYTES => (0, offset, 1),
            FROM_2_BYTES..FROM_3_BYTES => (1, offset - FROM_2_BYTES, 2),
            FROM_3_BYTES..FROM_4_BYTES => (2, offset - FROM_3_BYTES, 3),
            _ => (3, offset, 4),
        };
        let high = if size == 3 { 0 } else { low_byte(value >> (8 * width)) };
        self.bytes.push(kind::POINTER << 5 | size << 3 | high);
        self.big_endian(value, width);
    }

    fn big_endian(&mut self, value: usize, width: usize) {
        self.bytes.extend((0..width).rev().map(|place| low_byte(value >> (8 * place))));
    }
}

fn low_byte(value: usize) -> u8 {
    value.to_le_bytes().first().copied().unwrap_or_default()
}

/// Big-endian bytes without leading zeros, as the format stores integers.
fn trimmed(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}
