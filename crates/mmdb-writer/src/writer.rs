use std::net::IpAddr;

use thiserror::Error;

use crate::data::DataSection;
use crate::tree::Tree;
use crate::{RecordSize, Value, network};

/// The marker before the metadata section.
const METADATA_MARKER: &[u8] = b"\xab\xcd\xefMaxMind.com";

/// Why a database cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WriteError {
    /// The prefix is longer than the address.
    #[error("a prefix of {prefix} bits does not fit {address}")]
    Prefix {
        /// The network's address.
        address: IpAddr,
        /// The prefix length given.
        prefix: u8,
    },
    /// An IPv6 network for an IPv4 database.
    #[error("{0} cannot stand in an IPv4 database")]
    Family(IpAddr),
    /// The ends of a range are of two families, or the last comes before the first.
    #[error("{first} to {last} is no range")]
    Range {
        /// The first address.
        first: IpAddr,
        /// The last address.
        last: IpAddr,
    },
    /// Tree and data together are more than a record can point at.
    #[error("the database is too large for records of {bits} bits")]
    TooLarge {
        /// The record size in bits.
        bits: u16,
    },
}

/// A database in the making, kept in memory until [`Writer::finish`].
#[derive(Debug)]
pub struct Writer {
    database_type: String,
    languages: Vec<String>,
    build_epoch: u64,
    record_size: RecordSize,
    ip_version: u16,
    tree: Tree,
    data: DataSection,
}

impl Writer {
    /// An empty database for both families (`ip_version` 6; IPv4 in `::/96`).
    #[must_use]
    pub fn new(database_type: impl Into<String>, record_size: RecordSize) -> Self {
        Self {
            database_type: database_type.into(),
            languages: Vec::new(),
            build_epoch: 0,
            record_size,
            ip_version: 6,
            tree: Tree::new(128),
            data: DataSection::default(),
        }
    }

    /// An empty database for IPv4 alone (`ip_version` 4).
    #[must_use]
    pub fn ipv4(database_type: impl Into<String>, record_size: RecordSize) -> Self {
        Self { ip_version: 4, tree: Tree::new(32), ..Self::new(database_type, record_size) }
    }

    /// The languages the metadata names.
    #[must_use]
    pub fn languages<'a>(mut self, languages: impl IntoIterator<Item = &'a str>) -> Self {
        self.languages = languages.into_iter().map(str::to_owned).collect();
        self
    }

    /// When the data was built, in Unix seconds.
    #[must_use]
    pub fn built_at(mut self, unix_seconds: u64) -> Self {
        self.build_epoch = unix_seconds;
        self
    }

    /// Gives a network its record. A later network wins over an earlier one.
    ///
    /// # Errors
    /// A prefix longer than the address, or IPv6 in an IPv4 database.
    pub fn insert(&mut self, address: IpAddr, prefix: u8, record: &Value) -> Result<(), WriteError> {
        let longest = if address.is_ipv4() { 32 } else { 128 };
        if prefix > longest {
            return Err(WriteError::Prefix { address, prefix });
        }
        let prefix = self.depth(address, prefix)?;
        let offset = self.data.record(record);
        self.tree.insert(network::bits(address), prefix, offset);
        Ok(())
    }

    /// Gives every address from `first` to `last` the record.
    ///
    /// # Errors
    /// Ends of two families or in the wrong order, or IPv6 in an IPv4 database.
    pub fn insert_range(&mut self, first: IpAddr, last: IpAddr, record: &Value) -> Result<(), WriteError> {
        if first.is_ipv4() != last.is_ipv4() || first > last {
            return Err(WriteError::Range { first, last });
        }
        self.depth(first, 0)?;
        let offset = self.data.record(record);
        let skipped = if self.ip_version == 4 { 96 } else { 0 };
        for (address, prefix) in network::cover(network::bits(first), network::bits(last)) {
            self.tree.insert(address, prefix.saturating_sub(skipped), offset);
        }
        Ok(())
    }

    /// The file.
    ///
    /// # Errors
    /// [`WriteError::TooLarge`] when a record of the chosen size cannot hold an offset.
    pub fn finish(self) -> Result<Vec<u8>, WriteError> {
        let node_count = u32::try_from(self.tree.len())
            .map_err(|_| WriteError::TooLarge { bits: self.record_size.bits() })?;
        let metadata = Value::map([
            ("binary_format_major_version", Value::Uint16(2)),
            ("binary_format_minor_version", Value::Uint16(0)),
            ("build_epoch", Value::Uint64(self.build_epoch)),
            ("database_type", Value::String(self.database_type)),
            ("description", Value::map([("en", Value::text("Written by resetd's own tools"))])),
            ("ip_version", Value::Uint16(self.ip_version)),
            ("languages", Value::Array(self.languages.into_iter().map(Value::String).collect())),
            ("node_count", Value::Uint32(node_count)),
            ("record_size", Value::Uint16(self.record_size.bits())),
        ]);
        let mut file = self.tree.encode(self.record_size)?;
        file.extend(self.data.into_bytes());
        file.extend(METADATA_MARKER);
        file.extend(DataSection::standalone(&metadata));
        Ok(file)
    }

    /// The prefix length in this tree.
    fn depth(&self, address: IpAddr, prefix: u8) -> Result<u8, WriteError> {
        match (address, self.ip_version) {
            (IpAddr::V6(_), 4) => Err(WriteError::Family(address)),
            (IpAddr::V4(_), 6) => Ok(prefix + 96),
            _ => Ok(prefix),
        }
    }
}
