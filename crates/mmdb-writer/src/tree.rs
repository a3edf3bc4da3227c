//! The binary search tree over address bits.

use crate::WriteError;

/// How many bits each of a node's two records takes: what decides how large a file can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordSize {
    /// 24 bits: up to 16 million nodes and bytes of data together.
    Bits24,
    /// 28 bits: up to 268 million.
    Bits28,
    /// 32 bits: up to 4 billion.
    Bits32,
}

impl RecordSize {
    /// The number of bits.
    #[must_use]
    pub fn bits(self) -> u16 {
        match self {
            Self::Bits24 => 24,
            Self::Bits28 => 28,
            Self::Bits32 => 32,
        }
    }
}

/// The 16 zero bytes between tree and data.
const SEPARATOR: usize = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Empty,
    Node(usize),
    Data(usize),
}

/// A tree in the making; node 0 is the root.
#[derive(Debug)]
pub(crate) struct Tree {
    nodes: Vec<[Slot; 2]>,
    depth: u8,
}

impl Tree {
    /// An empty tree over addresses of `depth` bits (32 or 128).
    pub(crate) fn new(depth: u8) -> Self {
        Self { nodes: vec![[Slot::Empty; 2]], depth }
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Points the network of `prefix` bits at the data at `offset`. A later network wins over an
    /// earlier one.
    pub(crate) fn insert(&mut self, address: u128, prefix: u8, offset: usize) {
        let mut node = 0;
        for depth in 0..prefix {
            let side = usize::from(address >> (self.depth - 1 - depth) & 1 == 1);
            if depth + 1 == prefix {
                self.set(node, side, Slot::Data(offset));
                return;
            }
            node = self.descend(node, side);
        }
        // Prefix 0: the whole tree is this one record.
        self.nodes.truncate(1);
        self.set(0, 0, Slot::Data(offset));
        self.set(0, 1, Slot::Data(offset));
    }

    /// The child of `node` on `side`, made where there is none; a record that stood there goes to
    /// both its sides.
    fn descend(&mut self, node: usize, side: usize) -> usize {
        let slot = self.nodes.get(node).and_then(|slots| slots.get(side)).copied().unwrap_or(Slot::Empty);
        if let Slot::Node(child) = slot {
            return child;
        }
        let child = self.nodes.len();
        self.nodes.push([slot; 2]);
        self.set(node, side, Slot::Node(child));
        child
    }

    fn set(&mut self, node: usize, side: usize, slot: Slot) {
        if let Some(place) = self.nodes.get_mut(node).and_then(|slots| slots.get_mut(side)) {
            *place = slot;
        }
    }

    /// The tree as the format stores it, the separator included.
    pub(crate) fn encode(&self, size: RecordSize) -> Result<Vec<u8>, WriteError> {
        let mut bytes = Vec::with_capacity(self.nodes.len() * usize::from(size.bits()) / 4 + SEPARATOR);
        for [left, right] in &self.nodes {
            let (left, right) = (self.record(*left, size)?, self.record(*right, size)?);
            let [l3, l2, l1, l0] = left.to_be_bytes();
            let [r3, r2, r1, r0] = right.to_be_bytes();
            match size {
                RecordSize::Bits24 => bytes.extend([l2, l1, l0, r2, r1, r0]),
                RecordSize::Bits28 => bytes.extend([l2, l1, l0, l3 << 4 | r3, r2, r1, r0]),
                RecordSize::Bits32 => bytes.extend([l3, l2, l1, l0, r3, r2, r1, r0]),
            }
        }
        bytes.extend([0; SEPARATOR]);
        Ok(bytes)
    }

    fn record(&self, slot: Slot, size: RecordSize) -> Result<u32, WriteError> {
        let value = match slot {
            Slot::Empty => self.nodes.len(),
            Slot::Node(node) => node,
            Slot::Data(offset) => self.nodes.len() + SEPARATOR + offset,
        };
        u32::try_from(value)
            .ok()
            .filter(|value| u64::from(*value) < 1_u64 << size.bits())
            .ok_or(WriteError::TooLarge { bits: size.bits() })
    }
}
