//! Settings: a TOML file, then environment variables `RESETD_…`, then flags; the later wins. The
//! layers are text that remembers its origin; [`Settings`] is what they say, typed and checked.

mod check;
#[cfg(test)]
mod documents;
mod error;
mod known;
mod layers;
mod sections;
mod url_check;
mod values;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

pub(crate) use self::check::warn_of_access;
pub(crate) use self::error::SettingsError;
use self::known::{Form, Known, known};
pub(crate) use self::layers::Layers;
pub(crate) use self::sections::{
    GeoSettings, LogFormat, MailSettings, PasswordScheme, Settings, TelemetrySettings, TlsSettings,
};
pub(crate) use self::url_check::{check_public_link, masked_url};
#[cfg(feature = "otlp")]
pub(crate) use self::values::OtlpUrl;
pub(crate) use self::values::{DatabaseUrl, LimiterUrl, MailUrl};

/// The text of a setting as the JSON that its type reads.
fn to_json(form: Form, text: &str) -> Result<Value, &'static str> {
    let trimmed = text.trim();
    match form {
        Form::Text => Ok(text.into()),
        Form::Integer => trimmed.parse::<u64>().map(Value::from).map_err(|_| "expected a whole number"),
        Form::Number => trimmed.parse::<f64>().map(Value::from).map_err(|_| "expected a number"),
        Form::Flag => trimmed.parse::<bool>().map(Value::from).map_err(|_| "expected true or false"),
        Form::List => Ok(text.split(',').map(|item| Value::from(item.trim())).collect()),
    }
}

/// Reads the layers. Every value that is no good is an error, and has its default.
pub(crate) fn read(layers: &Layers) -> (Settings, Vec<SettingsError>) {
    let mut errors = Vec::new();
    let mut values = BTreeMap::new();
    for known in known() {
        let Some(text) = layers.get(&known.name) else { continue };
        match to_json(known.form, text) {
            Ok(value) => _ = values.insert(known.name.as_str(), value),
            Err(expected) => errors.push(SettingsError::invalid(&known.name, expected)),
        }
    }
    loop {
        match serde_path_to_error::deserialize::<_, Settings>(nested(&values)) {
            Ok(settings) => return (settings, errors),
            Err(error) => {
                let path = error.path().to_string();
                let name = path.split('[').next().unwrap_or_default();
                errors.push(SettingsError::invalid(name, error.inner()));
                if values.remove(name).is_none() {
                    return (Settings::default(), errors);
                }
            }
        }
    }
}

/// Sections as objects.
fn nested(values: &BTreeMap<&str, Value>) -> Value {
    let mut general = Map::new();
    let mut sections: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for (name, value) in values {
        let (object, key) = match name.split_once('.') {
            Some((section, key)) => (sections.entry(section).or_default(), key),
            None => (&mut general, *name),
        };
        object.insert(key.to_owned(), value.clone());
    }
    general.extend(sections.into_iter().map(|(name, object)| (name.to_owned(), object.into())));
    general.into()
}

/// A setting as `resetd config` prints it.
#[derive(Debug)]
pub(crate) struct Described {
    pub(crate) name: &'static str,
    /// Masked where it is a secret; `None`: it is not set.
    pub(crate) value: Option<String>,
    /// Where the value came from.
    pub(crate) origin: Option<String>,
    /// Without one in the layers.
    pub(crate) default: Option<&'static str>,
    pub(crate) help: &'static str,
}

/// Every setting as it may be shown.
pub(crate) fn describe(layers: &Layers) -> Vec<Described> {
    let described = |known: &'static Known| Described {
        name: &known.name,
        value: layers.get(&known.name).map(|text| known.secrecy.shown(text)),
        origin: layers.origin(&known.name).map(str::to_owned),
        default: known.default.as_deref(),
        help: &known.summary,
    };
    known().iter().map(described).collect()
}

#[cfg(test)]
mod tests;
