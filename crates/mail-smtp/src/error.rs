use thiserror::Error;

use crate::dkim::DkimError;

/// Why a sender cannot be set up. Never holds credentials.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SetupError {
    /// The installation's sender (`mail_from`).
    #[error("mail_from: {0}")]
    From(&'static str),
    /// The file of certificates.
    #[error("the file of trusted certificates (ca): {0}")]
    Ca(String),
    /// TLS cannot be set up.
    #[error("TLS: {0}")]
    Tls(String),
    /// The signing key.
    #[error(transparent)]
    Dkim(#[from] DkimError),
}
