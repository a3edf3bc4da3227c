use thiserror::Error;

/// Why a persistent port could not do its work. Every persistent port shares it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoreError {
    /// The store cannot be reached, is full, locked or shutting down. Nothing happened; the call
    /// may be repeated.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// The store holds a value that no version of this program writes. Repeating the call will not
    /// help.
    #[error("the store holds nonsense in {place}: {error}")]
    Corrupt {
        /// Table and column.
        place: &'static str,
        /// What is wrong, without the value itself.
        error: String,
    },
    /// A name or identifier that must be unique is taken.
    #[error("{0} exists already")]
    Conflict(&'static str),
}

impl StoreError {
    /// A stored value at `place` (table and column) that no version of this program writes. `error`
    /// must not quote it.
    pub fn corrupt(place: &'static str, error: impl ToString) -> Self {
        Self::Corrupt { place, error: error.to_string() }
    }
}
