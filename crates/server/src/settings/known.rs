//! The names of all settings, taken from the types in [`sections`](super::sections).

use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::Value;

use super::sections::Settings;
use super::url_check::masked_url;

/// One setting.
#[derive(Debug)]
pub(super) struct Known {
    /// Dotted name, as in the file.
    pub(super) name: String,
    /// The first paragraph of its description, on one line.
    pub(super) summary: String,
    pub(super) form: Form,
    pub(super) secrecy: Secrecy,
    pub(super) default: Option<String>,
}

/// How the text of a value is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Integer,
    Number,
    Flag,
    /// Separated by commas.
    List,
}

/// How a value may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Secrecy {
    /// As it is.
    Public,
    /// A URL whose user information and parameters are masked.
    Credentials,
    /// Not at all.
    Secret,
}

impl Secrecy {
    pub(super) fn shown(self, text: &str) -> String {
        match self {
            Self::Public => text.to_owned(),
            Self::Credentials => masked_url(text),
            Self::Secret => "********".to_owned(),
        }
    }
}

impl Known {
    fn of(name: String, schema: &Value) -> Self {
        let flag = |key: &str| schema.get(key).is_some_and(|value| *value == true);
        let summary = schema["description"].as_str().unwrap_or_default();
        let summary = summary.split("\n\n").next().unwrap_or_default().replace('\n', " ");
        let default = match &schema["default"] {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        };
        let secrecy = match () {
            () if flag("writeOnly") => Secrecy::Secret,
            () if flag("x-credentials") => Secrecy::Credentials,
            () => Secrecy::Public,
        };
        Self { name, summary, form: Form::of(schema), secrecy, default }
    }

    /// Whether `text` is not shown as it is.
    pub(super) fn is_confidential(&self, text: &str) -> bool {
        self.secrecy.shown(text) != text
    }

    /// `RESETD_` and the name in upper case with underscores.
    pub(super) fn variable(&self) -> String {
        format!("RESETD_{}", self.name.to_uppercase().replace('.', "_"))
    }
}

impl Form {
    fn of(schema: &Value) -> Self {
        let has = |word: &str| match &schema["type"] {
            Value::Array(types) => types.iter().any(|listed| listed == word),
            one => one == word,
        };
        match () {
            () if has("integer") => Self::Integer,
            () if has("number") => Self::Number,
            () if has("boolean") => Self::Flag,
            () if has("array") => Self::List,
            () => Self::Text,
        }
    }
}

/// The JSON schema of the settings' file.
pub(super) fn schema() -> Schema {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    SchemaGenerator::new(settings).into_root_schema_for::<Settings>()
}

/// Every setting, by name; those of sections last.
pub(super) fn known() -> &'static [Known] {
    static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
        let mut known = Vec::new();
        collect("", schema().as_value(), &mut known);
        known.sort_by_key(|known| known.name.contains('.'));
        known
    });
    &KNOWN
}

pub(super) fn find(name: &str) -> Option<&'static Known> {
    known().iter().find(|known| known.name == name)
}

fn collect(prefix: &str, schema: &Value, into: &mut Vec<Known>) {
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        let name = format!("{prefix}{key}");
        if property.get("properties").is_some() {
            collect(&format!("{name}."), property, into);
        } else {
            into.push(Known::of(name, property));
        }
    }
}
