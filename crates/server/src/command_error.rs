//! What ends a command: a line for the operator.

use thiserror::Error;

use crate::settings::SettingsError;

/// Why a command failed. Printed as one line each; holds no secret.
#[derive(Debug, Error)]
pub(crate) enum CommandError {
    /// The settings do not allow it.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Several at once, such as everything that is wrong with the settings.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Several(Vec<CommandError>),
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] application::ports::StoreError),
    /// The operator asked for something that makes no sense.
    #[error("{0}")]
    Usage(String),
    /// A file, a socket or the terminal failed.
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
    /// What was compared is not the same.
    #[error("{0}")]
    Differs(String),
    /// The service cannot go on; whoever supervises it starts it again.
    #[error("{0}")]
    Ended(String),
    /// The input was not taken; nothing was changed.
    #[error("{0}")]
    Refused(String),
    /// A part could not be set up.
    #[error("{0}")]
    Setup(String),
}

impl CommandError {
    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self::Usage(text.into())
    }

    pub(crate) fn several<E: Into<Self>>(errors: impl IntoIterator<Item = E>) -> Self {
        Self::Several(errors.into_iter().map(Into::into).collect())
    }

    pub(crate) fn refused(text: impl Into<String>) -> Self {
        Self::Refused(text.into())
    }

    /// What the process tells whoever started it: 1 when it did its work and something is amiss, 2
    /// when it could not do it.
    pub(crate) const fn exit_code(&self) -> u8 {
        match self {
            Self::Differs(_) | Self::Ended(_) | Self::Refused(_) => 1,
            _ => 2,
        }
    }

    /// Wraps an I/O error with what it concerns.
    pub(crate) fn io(what: impl ToString) -> impl FnOnce(std::io::Error) -> Self {
        move |error| Self::Io(what.to_string(), error)
    }

    /// Wraps whatever an adapter says when it cannot be set up.
    pub(crate) fn setup(what: &str) -> impl FnOnce(Box<dyn std::error::Error + Send + Sync>) -> Self {
        let what = what.to_owned();
        move |error| Self::Setup(format!("{what}: {error}"))
    }
}
