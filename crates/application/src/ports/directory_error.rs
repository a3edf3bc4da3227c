use thiserror::Error;

/// Why a directory gave no usable answer. The outcome of a call that changes something is unknown.
/// Texts hold no secret, no token, no password and no full address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DirectoryError {
    /// It cannot be reached, is overloaded, or did not answer in time.
    #[error("the customer directory is unavailable: {0}")]
    Unavailable(String),
    /// It answered, but not as agreed.
    #[error("the customer directory answers nonsense: {0}")]
    Nonsense(String),
}
