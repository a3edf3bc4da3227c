//! Settings: a TOML file, then environment variables `RESETD_…`, then flags; the later wins.

mod known;
mod source;
mod url_check;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use ipnetwork::IpNetwork;
use thiserror::Error;
use tracing::warn;

pub(crate) use self::known::KNOWN;
pub(crate) use self::source::{Layers, Secrecy};
pub(crate) use self::url_check::check_public_link;
use self::url_check::{check_public_url, masked_url};

/// What is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum SettingsError {
    /// A setting that this command cannot do without.
    #[error("setting `{name}` is missing: {help} (file: `{name}`, environment: `{variable}`)")]
    Missing { name: &'static str, variable: String, help: &'static str },
    /// A value that makes no sense.
    #[error("setting `{name}`: {error}")]
    Invalid { name: String, error: String },
    /// A value that would put customers at risk.
    #[error("setting `{name}` is unsafe: {error}")]
    Unsafe { name: String, error: String },
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
    pub(crate) fn invalid(name: &str, error: impl Into<String>) -> Self {
        Self::Invalid { name: name.to_owned(), error: error.into() }
    }

    fn unsafe_value(name: &str, error: impl Into<String>) -> Self {
        Self::Unsafe { name: name.to_owned(), error: error.into() }
    }
}

/// The effective settings, each read when a command needs it: `resetd normalize` needs none,
/// `resetd serve` most.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    layers: Layers,
}

impl Settings {
    pub(crate) const fn new(layers: Layers) -> Self {
        Self { layers }
    }

    /// Gives a setting a value if it has none.
    pub(crate) fn default_to(&mut self, name: &str, text: impl Into<String>) {
        if self.layers.get(name).is_none() {
            self.layers.set(name, text.into(), "default".to_owned());
        }
    }

    /// Gives a setting a value whatever it had.
    pub(crate) fn override_with(&mut self, name: &str, text: impl Into<String>) {
        self.layers.set(name, text.into(), "demo".to_owned());
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.layers.get(name)
    }

    pub(crate) fn required(&self, name: &'static str) -> Result<&str, SettingsError> {
        self.layers.get(name).ok_or_else(|| {
            let known = KNOWN.iter().find(|known| known.name == name);
            SettingsError::Missing {
                name,
                variable: known.map(source::Known::environment_name).unwrap_or_default(),
                help: known.map(|known| known.help).unwrap_or_default(),
            }
        })
    }

    /// A value of a type that reads itself from text.
    pub(crate) fn parsed<T: FromStr>(
        &self,
        name: &'static str,
        expected: &str,
    ) -> Result<Option<T>, SettingsError> {
        let read = |text: &str| {
            text.trim().parse().map_err(|_| SettingsError::invalid(name, format!("expected {expected}")))
        };
        self.layers.get(name).map(read).transpose()
    }

    pub(crate) fn path(&self, name: &str) -> Option<PathBuf> {
        self.layers.get(name).map(PathBuf::from)
    }

    pub(crate) fn listen(&self) -> Result<SocketAddr, SettingsError> {
        Ok(self
            .parsed("listen", "an address and port such as 127.0.0.1:8080")?
            .unwrap_or_else(default_listen))
    }

    /// The address customers see, checked: `https`, or `http` where it cannot leave this machine.
    pub(crate) fn public_url(&self) -> Result<String, SettingsError> {
        let text = self.required("public_url")?;
        check_public_url(text)?;
        Ok(text.trim_end_matches('/').to_owned())
    }

    pub(crate) fn trusted_proxies(&self) -> Result<Vec<IpNetwork>, SettingsError> {
        let Some(text) = self.layers.get("trusted_proxies") else { return Ok(Vec::new()) };
        let expected = |_| {
            SettingsError::invalid("trusted_proxies", "expected networks such as 10.0.0.0/8, 2001:db8::/32")
        };
        let networks: Vec<IpNetwork> = text
            .split(',')
            .map(|network| network.trim().parse().map_err(expected))
            .collect::<Result<_, _>>()?;
        if networks.iter().any(|network| network.prefix() == 0) {
            let why = "the whole internet would be believed; name the networks of your proxies";
            return Err(SettingsError::invalid("trusted_proxies", why));
        }
        Ok(networks)
    }

    /// Says so where far more is believed than any installation has proxies.
    pub(crate) fn warn_of_wide_proxies(&self) {
        for network in self.trusted_proxies().unwrap_or_default() {
            if network.prefix() < if network.is_ipv4() { 8 } else { 16 } {
                warn!(%network, "trusted_proxies: anybody in this very large network can claim any address");
            }
        }
    }

    /// Every setting as it may be shown.
    pub(crate) fn describe(&self) -> Vec<(&'static str, Shown)> {
        KNOWN
            .iter()
            .map(|known| {
                let shown = self.layers.get(known.name).map(|text| match known.secrecy {
                    Secrecy::Public => text.to_owned(),
                    Secrecy::UrlWithCredentials => masked_url(text),
                    Secrecy::Secret => "********".to_owned(),
                });
                let origin = self.layers.origin(known.name).unwrap_or_default().to_owned();
                (known.name, shown.map_or(Shown::Absent(known.help), |text| Shown::Value { text, origin }))
            })
            .collect()
    }
}

/// A setting as `resetd config` prints it.
#[derive(Debug)]
pub(crate) enum Shown {
    /// It has a value: masked where it is a secret, with the place it came from.
    Value { text: String, origin: String },
    /// It has none; this is what it is for.
    Absent(&'static str),
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}

#[cfg(test)]
mod tests;
