//! Writes MaxMind DB files, as the *MaxMind DB File Format Specification*, version 2.0, describes
//! them.
//!
//! A development tool: the fixtures of `geo-local`'s tests and the database that `cargo xtask
//! geo-data` makes of a list of autonomous systems come from here. Nothing that runs in production
//! links it.
//!
//! ```
//! use resetd_mmdb_writer::{RecordSize, Value, Writer};
//!
//! let mut writer = Writer::new("Example-ASN", RecordSize::Bits28);
//! let record = Value::map([("autonomous_system_number", Value::Uint32(13335))]);
//! writer.insert("1.1.1.0".parse().unwrap(), 24, &record)?;
//! let file = writer.finish()?;
//! assert!(file.windows(11).any(|bytes| bytes == b"MaxMind.com"));
//! # Ok::<(), resetd_mmdb_writer::WriteError>(())
//! ```

mod data;
mod network;
mod tree;
mod value;
mod writer;

pub use tree::RecordSize;
pub use value::Value;
pub use writer::{WriteError, Writer};
