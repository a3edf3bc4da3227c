//! What can be wrong with the settings.

use thiserror::Error;

use super::known::find;

/// One thing that is wrong with the settings. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum SettingsError {
    /// A setting that this command cannot do without.
    #[error("setting `{name}` is missing: {help} (file: `{name}`, environment: `{variable}`)")]
    Missing { name: &'static str, variable: String, help: &'static str },
    /// A value that makes no sense.
    #[error("setting `{name}`: {error}")]
    Invalid { name: String, error: String },
    /// No such setting.
    #[error("{origin}: there is no setting `{name}`; `resetd config` lists them all")]
    Unknown { name: String, origin: String },
    /// Given as a value and as a file.
    #[error("`{name}` and `{other}` are both given; give one")]
    Twice { name: String, other: String },
    /// A file that cannot be read.
    #[error("{path}: {error}")]
    File { path: String, error: String },
}

impl SettingsError {
    pub(crate) fn missing(name: &'static str) -> Self {
        let known = find(name);
        let variable = known.map(|known| known.variable()).unwrap_or_default();
        Self::Missing { name, variable, help: known.map(|known| &*known.summary).unwrap_or_default() }
    }

    /// The setting needs a feature that this build was made without.
    #[cfg_attr(feature = "full", expect(dead_code, reason = "for builds without a feature"))]
    pub(crate) fn not_in_this_build(name: &str, feature: &str) -> Self {
        Self::invalid(name, format!("this build has no `{feature}`; build with `--features {feature}`"))
    }

    pub(crate) fn invalid(name: &str, error: impl ToString) -> Self {
        Self::Invalid { name: name.to_owned(), error: error.to_string() }
    }

    /// The setting that it is about, if it is about one.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Missing { name, .. } => Some(name),
            Self::Invalid { name, .. } | Self::Unknown { name, .. } | Self::Twice { name, .. } => Some(name),
            Self::File { .. } => None,
        }
    }

    pub(super) fn file(path: &str, error: &impl ToString) -> Self {
        Self::File { path: path.to_owned(), error: error.to_string() }
    }
}
