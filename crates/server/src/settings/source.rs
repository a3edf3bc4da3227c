//! Where settings come from: layers of strings, the later over the earlier, so that nothing below
//! needs the environment to be tested.

use std::collections::BTreeMap;

use super::SettingsError;

/// Strings by the dotted name of a setting, with the place each came from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layers {
    values: BTreeMap<String, Value>,
}

#[derive(Debug, Clone)]
struct Value {
    text: String,
    origin: String,
}

/// A setting's name, whether its value is a secret, and what it is for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    /// Dotted name as in the file; `RESETD_` plus upper case with underscores in the environment.
    pub(crate) name: &'static str,
    /// How `resetd config` shows it.
    pub(crate) secrecy: Secrecy,
    /// One line for `resetd config` and the docs.
    pub(crate) help: &'static str,
}

/// How a value may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Secrecy {
    /// As it is.
    Public,
    /// A URL whose user information and parameters are masked.
    UrlWithCredentials,
    /// Not at all.
    Secret,
}

impl Known {
    pub(crate) fn environment_name(&self) -> String {
        format!("RESETD_{}", self.name.to_uppercase().replace('.', "_"))
    }
}

impl Layers {
    /// Lays a TOML document over what is there. Tables nest into dotted names.
    pub(crate) fn add_toml(
        &mut self,
        text: &str,
        origin: &str,
        known: &[Known],
    ) -> Result<(), SettingsError> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| SettingsError::File {
            path: origin.to_owned(),
            error: error.message().to_owned(),
        })?;
        let mut flat = Vec::new();
        flatten("", &table, &mut flat)?;
        for (name, text) in flat {
            if !is_known(&name, known) {
                return Err(SettingsError::Unknown { name, origin: origin.to_owned() });
            }
            self.values.insert(name, Value { text, origin: origin.to_owned() });
        }
        Ok(())
    }

    /// Lays environment variables over what is there. `NAME_FILE` holds the path of a file with the
    /// value.
    pub(crate) fn add_environment(
        &mut self,
        variable: impl Fn(&str) -> Option<String>,
        read_file: impl Fn(&str) -> std::io::Result<String>,
        known: &[Known],
    ) -> Result<(), SettingsError> {
        for setting in known {
            let name = setting.environment_name();
            let by_file = format!("{name}_FILE");
            match (variable(&name), variable(&by_file)) {
                (Some(_), Some(_)) => return Err(SettingsError::Twice { name, other: by_file }),
                (Some(text), None) => self.set(setting.name, text, name),
                (None, Some(path)) => {
                    let text = read_file(&path).map_err(|error| SettingsError::File {
                        path: path.clone(),
                        error: error.to_string(),
                    })?;
                    self.set(setting.name, text.trim_end_matches(['\r', '\n']).to_owned(), by_file);
                }
                (None, None) => {}
            }
        }
        Ok(())
    }

    /// Lays one flag over what is there.
    pub(crate) fn set(&mut self, name: &str, text: String, origin: String) {
        self.values.insert(name.to_owned(), Value { text, origin });
    }

    /// The value of a setting; an empty one counts as absent. `NAME_file` in a TOML file is
    /// resolved by [`resolve_files`](Self::resolve_files).
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|value| value.text.as_str()).filter(|text| !text.is_empty())
    }

    /// Where the value of a setting came from.
    pub(crate) fn origin(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|value| value.origin.as_str())
    }

    /// Replaces every `NAME_file` by the content of that file under `NAME`.
    pub(crate) fn resolve_files(
        &mut self,
        read_file: impl Fn(&str) -> std::io::Result<String>,
    ) -> Result<(), SettingsError> {
        let names: Vec<String> = self.values.keys().filter(|name| name.ends_with("_file")).cloned().collect();
        for by_file in names {
            let Some(Value { text: path, origin }) = self.values.remove(&by_file) else { continue };
            let name = by_file.trim_end_matches("_file").to_owned();
            if self.values.contains_key(&name) {
                return Err(SettingsError::Twice { name, other: by_file });
            }
            let text =
                read_file(&path).map_err(|error| SettingsError::File { path, error: error.to_string() })?;
            self.set(&name, text.trim_end_matches(['\r', '\n']).to_owned(), origin);
        }
        Ok(())
    }
}

fn is_known(name: &str, known: &[Known]) -> bool {
    let plain = name.strip_suffix("_file").unwrap_or(name);
    known.iter().any(|setting| setting.name == name || setting.name == plain)
}

fn flatten(prefix: &str, table: &toml::Table, flat: &mut Vec<(String, String)>) -> Result<(), SettingsError> {
    for (key, value) in table {
        let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            toml::Value::Table(inner) => flatten(&name, inner, flat)?,
            toml::Value::String(text) => flat.push((name, text.clone())),
            toml::Value::Integer(number) => flat.push((name, number.to_string())),
            toml::Value::Boolean(flag) => flat.push((name, flag.to_string())),
            toml::Value::Array(items) => {
                let texts: Option<Vec<&str>> = items.iter().map(toml::Value::as_str).collect();
                let texts =
                    texts.ok_or_else(|| SettingsError::invalid(&name, "expected a list of strings"))?;
                flat.push((name, texts.join(",")));
            }
            toml::Value::Float(number) => flat.push((name, number.to_string())),
            toml::Value::Datetime(_) => {
                return Err(SettingsError::invalid(
                    &name,
                    "expected a string, a number, a boolean or a list",
                ));
            }
        }
    }
    Ok(())
}
