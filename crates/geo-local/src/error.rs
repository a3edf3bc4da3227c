use std::path::PathBuf;
use std::{fmt, io};

use thiserror::Error;

/// What a database is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DatabaseKind {
    /// Where an address is.
    City,
    /// Whose network it is in.
    Asn,
    /// Whether it hides its user.
    Anonymous,
}

impl DatabaseKind {
    /// The name in settings, logs and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::City => "city",
            Self::Asn => "asn",
            Self::Anonymous => "anonymous",
        }
    }
}

impl fmt::Display for DatabaseKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why local sources cannot be opened.
#[derive(Debug, Error)]
pub enum LocalGeoError {
    /// There is no such file, or no `.mmdb` file in the folder.
    #[error("the {kind} database {} does not exist", .path.display())]
    Missing {
        /// What it was to be asked for.
        kind: DatabaseKind,
        /// The path as configured.
        path: PathBuf,
    },
    /// The file is there and cannot be read.
    #[error("the {kind} database {} cannot be read: {source}", .path.display())]
    Unreadable {
        /// What it was to be asked for.
        kind: DatabaseKind,
        /// The path as configured.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is no MaxMind DB, or a damaged one.
    #[error("the {kind} database {} is broken: {reason}", .path.display())]
    Broken {
        /// What it was to be asked for.
        kind: DatabaseKind,
        /// The path as configured.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The file changed while it was being read; it is tried again.
    #[error("the {kind} database {} is being written", .path.display())]
    Unsettled {
        /// What it was to be asked for.
        kind: DatabaseKind,
        /// The path as configured.
        path: PathBuf,
    },
    /// The database holds something else: an ASN database where a city database belongs.
    #[error("{} is no {kind} database: it calls itself {database_type:?} and holds {fields}", .path.display())]
    WrongKind {
        /// What it was to be asked for.
        kind: DatabaseKind,
        /// The path as configured.
        path: PathBuf,
        /// The type in its metadata.
        database_type: String,
        /// The fields its records have.
        fields: String,
    },
    /// The DNS resolver cannot be set up, as when `/etc/resolv.conf` is missing.
    #[error("reverse DNS cannot be set up: {0}")]
    Dns(String),
}
