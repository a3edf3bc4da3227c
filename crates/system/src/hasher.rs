use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Instant;

use application::model::PasswordHash;
use application::ports::{HasherError, PasswordHasher};
use async_trait::async_trait;
use domain::Password;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use crate::{argon2id, bcrypt_hash};

/// With what new passwords are hashed. Both kinds verify, whichever is chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum HashScheme {
    /// Argon2id, 19,456 KiB, 2 passes, 1 lane: the OWASP parameters.
    #[default]
    Argon2id,
    /// bcrypt, cost 12, for backends that read only that; passwords up to 72 bytes.
    Bcrypt,
}

impl HashScheme {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Argon2id => "argon2id",
            Self::Bcrypt => "bcrypt",
        }
    }
}

/// Hashes passwords on tokio's blocking pool, a bounded number at a time: a hash takes a core for
/// tens of milliseconds, and one of Argon2id 19 MiB of memory.
///
/// A caller that goes away does not stop its hash; the hash keeps its place in the bound until it
/// is done.
///
/// Metric: `resetd_password_hash_seconds` (histogram; labels `operation`, `scheme`), waiting not
/// included.
#[derive(Debug, Clone)]
pub struct SystemHasher {
    scheme: HashScheme,
    permits: Arc<Semaphore>,
}

impl SystemHasher {
    /// As many hashes at once as the machine has cores.
    #[must_use]
    pub fn new(scheme: HashScheme) -> Self {
        Self::with_concurrency(scheme, available_parallelism().unwrap_or(NonZeroUsize::MIN))
    }

    /// At most `at_once` hashes at once.
    #[must_use]
    pub fn with_concurrency(scheme: HashScheme, at_once: NonZeroUsize) -> Self {
        let permits = at_once.get().min(Semaphore::MAX_PERMITS);
        Self { scheme, permits: Arc::new(Semaphore::new(permits)) }
    }

    async fn run<T: Send + 'static>(
        &self,
        operation: &'static str,
        scheme: HashScheme,
        work: impl FnOnce() -> Result<T, HasherError> + Send + 'static,
    ) -> Result<T, HasherError> {
        let failed = |error: &dyn std::fmt::Display| HasherError::Failed(error.to_string());
        let place = Arc::clone(&self.permits).acquire_owned().await.map_err(|error| failed(&error))?;
        let job = move || {
            let start = Instant::now();
            let result = work();
            drop(place);
            metrics::histogram!(
                "resetd_password_hash_seconds", "operation" => operation, "scheme" => scheme.as_str()
            )
            .record(start.elapsed());
            result
        };
        spawn_blocking(job).await.map_err(|error| failed(&error))?
    }
}

fn secret(password: &Password) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(password.expose().as_bytes().to_vec())
}

#[async_trait]
impl PasswordHasher for SystemHasher {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HasherError> {
        let (scheme, password) = (self.scheme, secret(password));
        // Refused before it waits for a place.
        if let Some(most) = self.max_bytes().filter(|most| password.len() > *most) {
            return Err(HasherError::TooLong(most));
        }
        let work = move || match scheme {
            HashScheme::Argon2id => argon2id::hash(&password),
            HashScheme::Bcrypt => bcrypt_hash::hash(&password),
        };
        self.run("hash", scheme, work).await.map(PasswordHash::new)
    }

    async fn verify(&self, password: &Password, hash: &PasswordHash) -> Result<bool, HasherError> {
        let (password, hash) = (secret(password), hash.expose().to_owned());
        if argon2id::is_argon2id(&hash) {
            self.run("verify", HashScheme::Argon2id, move || argon2id::verify(&password, &hash)).await
        } else if bcrypt_hash::is_bcrypt(&hash) {
            self.run("verify", HashScheme::Bcrypt, move || bcrypt_hash::verify(&password, &hash)).await
        } else {
            Err(HasherError::UnknownFormat("neither Argon2id nor bcrypt"))
        }
    }

    fn max_bytes(&self) -> Option<usize> {
        match self.scheme {
            HashScheme::Argon2id => None,
            HashScheme::Bcrypt => Some(bcrypt_hash::MAX_BYTES),
        }
    }
}
