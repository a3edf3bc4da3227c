//! JSON whose keys keep their order, in ASCII alone: no editor, shell or version control can change
//! what it means.

/// A value.
#[derive(Clone)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(u64),
    Text(String),
    List(Vec<Self>),
    Object(Vec<(&'static str, Self)>),
}

impl Json {
    pub(crate) fn number(number: usize) -> Self {
        Self::Number(number as u64)
    }

    pub(crate) fn texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        Self::List(texts.into_iter().map(Self::from).collect())
    }

    /// On one line.
    pub(crate) fn to_line(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Number(value) => value.to_string(),
            Self::Text(text) => quoted(text),
            Self::List(items) => format!("[{}]", joined(items.iter().map(Self::to_line), ", ")),
            Self::Object(members) => {
                let members =
                    members.iter().map(|(key, value)| format!("{}: {}", quoted(key), value.to_line()));
                format!("{{{}}}", joined(members, ", "))
            }
        }
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

pub(crate) fn joined(parts: impl Iterator<Item = String>, separator: &str) -> String {
    parts.collect::<Vec<_>>().join(separator)
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            ' '..='~' => quoted.push(character),
            _ => character
                .encode_utf16(&mut [0; 2])
                .iter()
                .for_each(|unit| quoted.push_str(&format!("\\u{unit:04x}"))),
        }
    }
    quoted.push('"');
    quoted
}
