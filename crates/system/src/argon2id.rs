//! Argon2id (RFC 9106) with the parameters of the OWASP Password Storage Cheat Sheet.

use application::ports::{HasherError, Random as _};
use argon2::password_hash::{self, PasswordHasher as _, PasswordVerifier as _, phc};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::OsRandom;

/// KiB of memory a hash takes.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// The most an imported hash may ask of this machine; a hash that wants more is refused, not tried.
const MAX_MEMORY_KIB: u32 = 262_144;
const MAX_PASSES: u32 = 64;
const MAX_LANES: u32 = 16;

/// Whether the text claims to be a hash that this hasher can verify.
pub(crate) fn is_argon2id(hash: &str) -> bool {
    hash.starts_with("$argon2id$")
}

pub(crate) fn hash(password: &[u8]) -> Result<String, HasherError> {
    let failed = |error: &dyn std::fmt::Display| HasherError::Failed(error.to_string());
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| failed(&error))?;
    let mut salt = [0; argon2::RECOMMENDED_SALT_LEN];
    OsRandom.fill(&mut salt);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_with_salt(password, &salt)
        .map(|hash| hash.to_string())
        .map_err(|error| failed(&error))
}

pub(crate) fn verify(password: &[u8], hash: &str) -> Result<bool, HasherError> {
    let hash = phc::PasswordHash::new(hash).map_err(|_| HasherError::UnknownFormat("not a PHC string"))?;
    if hash.salt.is_none() || hash.hash.is_none() {
        return Err(HasherError::UnknownFormat("an Argon2id hash without salt or output"));
    }
    let params = Params::try_from(&hash).map_err(|_| HasherError::UnknownFormat("Argon2id parameters"))?;
    if params.m_cost() > MAX_MEMORY_KIB || params.t_cost() > MAX_PASSES || params.p_cost() > MAX_LANES {
        return Err(HasherError::UnknownFormat("Argon2id parameters beyond 256 MiB, 64 passes or 16 lanes"));
    }
    match Argon2::default().verify_password(password, &hash) {
        Ok(()) => Ok(true),
        Err(password_hash::Error::PasswordInvalid) => Ok(false),
        Err(_) => Err(HasherError::UnknownFormat("an Argon2id hash that cannot be computed")),
    }
}
