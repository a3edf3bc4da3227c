//! What ends a command: one line for the operator.

use thiserror::Error;

use crate::settings::SettingsError;

/// Why a command failed. Printed as one line; holds no secret.
#[derive(Debug, Error)]
pub(crate) enum Fault {
    /// The settings do not allow it.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] application::ports::StoreError),
    /// The operator asked for something that makes no sense.
    #[error("{0}")]
    Usage(String),
    /// A file, a socket or the terminal failed.
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
    /// A part could not be set up.
    #[error("{0}")]
    Setup(String),
}

impl Fault {
    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self::Usage(text.into())
    }

    /// Wraps an I/O error with what it concerns.
    pub(crate) fn io(what: impl ToString) -> impl FnOnce(std::io::Error) -> Self {
        move |fault| Self::Io(what.to_string(), fault)
    }

    /// Wraps whatever an adapter says when it cannot be set up.
    pub(crate) fn setup(what: &str) -> impl FnOnce(Box<dyn std::error::Error + Send + Sync>) -> Self {
        let what = what.to_owned();
        move |fault| Self::Setup(format!("{what}: {fault}"))
    }
}
