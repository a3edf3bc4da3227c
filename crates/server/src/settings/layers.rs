//! Where settings come from: layers of text, the later over the earlier. Nothing here reads the
//! environment, so that it can be tested.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use super::error::SettingsError;
use super::known::{Known, find, known};

/// Variables that are no settings.
const OTHER_VARIABLES: [&str; 1] = ["RESETD_CONFIG"];

/// Text by the dotted name of a setting, with its origin, and what was wrong on the way.
#[derive(Debug, Default)]
pub(crate) struct Layers {
    values: BTreeMap<String, Text>,
    pub(crate) errors: Vec<SettingsError>,
    /// What is not wrong, but hardly meant.
    pub(crate) warnings: Vec<String>,
    /// Files with values that are better kept from other users.
    pub(crate) secret_files: Vec<PathBuf>,
}

#[derive(Debug)]
struct Text {
    text: String,
    origin: String,
}

impl Layers {
    /// Lays a TOML document over what is there. Tables nest into dotted names; `NAME_file` is the
    /// path of a file with the value.
    pub(crate) fn add_toml(
        &mut self,
        document: &str,
        origin: &str,
        read: impl Fn(&str) -> io::Result<String>,
    ) {
        let table: toml::Table = match document.parse() {
            Ok(table) => table,
            Err(error) => {
                let error: toml::de::Error = error;
                return self.errors.push(SettingsError::file(origin, &error.message()));
            }
        };
        let mut flat = BTreeMap::new();
        flatten("", &table, &mut flat, &mut self.errors);
        for (name, text) in &flat {
            if let Some(known) = find(name) {
                if known.is_confidential(text) {
                    self.secret_files.push(origin.into());
                }
                self.set(name, text.clone(), origin);
                continue;
            }
            match name.strip_suffix("_file").filter(|name| find(name).is_some()) {
                Some(plain) if flat.contains_key(plain) => {
                    self.errors.push(SettingsError::Twice { name: plain.to_owned(), other: name.clone() });
                }
                Some(plain) => self.set_from_file(plain, text, origin, &read),
                None => {
                    let unknown = SettingsError::Unknown { name: name.clone(), origin: origin.to_owned() };
                    self.errors.push(unknown);
                }
            }
        }
    }

    /// Lays environment variables over what is there. `NAME_FILE` is the path of a file with the
    /// value; a variable `RESETD_…` that is no setting's is warned of.
    pub(crate) fn add_environment(
        &mut self,
        variables: impl Iterator<Item = (String, String)>,
        read: impl Fn(&str) -> io::Result<String>,
    ) {
        let mut variables: BTreeMap<String, String> =
            variables.filter(|(name, _)| name.starts_with("RESETD_")).collect();
        for setting in known() {
            let name = setting.variable();
            let by_file = format!("{name}_FILE");
            match (variables.remove(&name), variables.remove(&by_file)) {
                (Some(_), Some(_)) => self.errors.push(SettingsError::Twice { name, other: by_file }),
                (Some(text), None) => self.set(&setting.name, text, &name),
                (None, Some(path)) => self.set_from_file(&setting.name, &path, &by_file, &read),
                (None, None) => {}
            }
        }
        let unknown = variables.into_keys().filter(|name| !OTHER_VARIABLES.contains(&name.as_str()));
        self.warnings.extend(unknown.map(|name| match nearest(&name) {
            Some(meant) => format!("{name} is no setting; {} is", meant.variable()),
            None => format!("{name} is no setting; `resetd config` lists them all"),
        }));
    }

    /// Lays a flag `NAME=VALUE` over what is there.
    pub(crate) fn add_pair(&mut self, pair: &str) -> Result<(), &'static str> {
        let (name, text) = pair.split_once('=').ok_or("expected NAME=VALUE")?;
        match find(name) {
            Some(_) => self.set(name, text.to_owned(), "flag"),
            None => {
                self.errors.push(SettingsError::Unknown { name: name.to_owned(), origin: "--set".to_owned() })
            }
        }
        Ok(())
    }

    /// Lays one value over what is there.
    pub(crate) fn set(&mut self, name: &str, text: String, origin: &str) {
        self.values.insert(name.to_owned(), Text { text, origin: origin.to_owned() });
    }

    fn set_from_file(
        &mut self,
        name: &str,
        path: &str,
        origin: &str,
        read: impl Fn(&str) -> io::Result<String>,
    ) {
        self.secret_files.push(path.into());
        match read(path) {
            Ok(text) => self.set(name, text.trim_end_matches(['\r', '\n']).to_owned(), origin),
            Err(error) => self.errors.push(SettingsError::file(path, &error)),
        }
    }

    /// The text of a setting; an empty one counts as absent.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|value| value.text.as_str()).filter(|text| !text.is_empty())
    }

    /// Where the value of a setting came from.
    pub(super) fn origin(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|value| value.origin.as_str())
    }
}

/// The setting that a mistyped variable may have meant.
fn nearest(variable: &str) -> Option<&'static Known> {
    let plain = variable.strip_suffix("_FILE").unwrap_or(variable);
    let likeness = |known: &&Known| (strsim::jaro_winkler(plain, &known.variable()) * 1_000.0) as u32;
    known().iter().max_by_key(likeness).filter(|known| likeness(known) > 940)
}

fn flatten(
    prefix: &str,
    table: &toml::Table,
    flat: &mut BTreeMap<String, String>,
    errors: &mut Vec<SettingsError>,
) {
    for (key, value) in table {
        let name = format!("{prefix}{key}");
        let text = match value {
            toml::Value::Table(inner) => {
                flatten(&format!("{name}."), inner, flat, errors);
                continue;
            }
            toml::Value::String(text) => Some(text.clone()),
            toml::Value::Array(items) => {
                items.iter().map(toml::Value::as_str).collect::<Option<Vec<_>>>().map(|items| items.join(","))
            }
            toml::Value::Datetime(_) => None,
            plain => Some(plain.to_string()),
        };
        match text {
            Some(text) => _ = flat.insert(name, text),
            None => errors.push(SettingsError::invalid(
                &name,
                "expected a string, a number, a boolean or a list of strings",
            )),
        }
    }
}
