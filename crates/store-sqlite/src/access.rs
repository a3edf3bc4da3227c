//! Why a file cannot be opened, in words that say what to do.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use application::ports::StoreError;

use crate::query_error::{QueryError, primary_code};

/// SQLite's primary result codes for a file that may not be used so: `SQLITE_PERM`,
/// `SQLITE_READONLY`, `SQLITE_CANTOPEN`.
const DENIED: [i32; 3] = [3, 8, 14];

/// The error of opening the database at `path`, with the path; and with owners and modes, where
/// those are to blame.
pub(crate) fn explain(error: sqlx::Error, path: &Path) -> StoreError {
    let is_denied = matches!(&error, sqlx::Error::Database(cause)
        if primary_code(cause.as_ref()).is_some_and(|code| DENIED.contains(&code)));
    match QueryError::Sql(error).into() {
        StoreError::Unavailable(why) if is_denied => {
            StoreError::Unavailable(format!("{}: {why}; {}", path.display(), owners(path)))
        }
        StoreError::Unavailable(why) => StoreError::Unavailable(format!("{}: {why}", path.display())),
        other => other,
    }
}

/// Who owns the file and its directory, both of which SQLite writes to, and who asks.
fn owners(path: &Path) -> String {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    format!(
        "this process runs as user {}, the file {}, its directory {}",
        rustix::process::geteuid().as_raw(),
        owner(path),
        owner(directory)
    )
}

fn owner(path: &Path) -> String {
    match std::fs::metadata(path) {
        Ok(metadata) => {
            format!("belongs to user {} with mode {:04o}", metadata.uid(), metadata.mode() & 0o7777)
        }
        Err(error) => format!("cannot be looked at ({error})"),
    }
}
