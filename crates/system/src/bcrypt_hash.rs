//! bcrypt (Provos and Mazières, 1999) for backends that read nothing else.

use application::ports::{HasherError, Random as _};
use bcrypt::HashParts;

use crate::OsRandom;

/// 2^12 rounds.
const COST: u32 = 12;

/// The most rounds an imported hash may ask of this machine: 2^16, some seconds.
const MAX_COST: u32 = 16;

/// The longest password bcrypt looks at. A longer one is refused: cut, it would be another
/// password.
pub(crate) const MAX_BYTES: usize = 72;

/// Whether the text claims to be a bcrypt hash. `$2x$` is not among them: it marks hashes of a
/// failing program.
pub(crate) fn is_bcrypt(hash: &str) -> bool {
    ["$2a$", "$2b$", "$2y$"].iter().any(|prefix| hash.starts_with(prefix))
}

pub(crate) fn hash(password: &[u8]) -> Result<String, HasherError> {
    if password.len() > MAX_BYTES {
        return Err(HasherError::TooLong(MAX_BYTES));
    }
    let mut salt = [0; 16];
    OsRandom.fill(&mut salt);
    bcrypt::hash_with_salt(password, COST, salt)
        .map(|parts| parts.to_string())
        .map_err(|error| HasherError::Failed(error.to_string()))
}

/// A password over 72 bytes made no bcrypt hash, so it verifies none, even if a backend that cuts
/// would say otherwise.
pub(crate) fn verify(password: &[u8], hash: &str) -> Result<bool, HasherError> {
    let parts: HashParts = hash.parse().map_err(|_| HasherError::UnknownFormat("a damaged bcrypt hash"))?;
    if !(4..=MAX_COST).contains(&parts.get_cost()) {
        return Err(HasherError::UnknownFormat("a bcrypt cost outside 4 to 16"));
    }
    if password.len() > MAX_BYTES {
        return Ok(false);
    }
    bcrypt::verify(password, hash).map_err(|_| HasherError::UnknownFormat("a damaged bcrypt hash"))
}
