//! One case: an input, and what a port has to answer.

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use super::json::Json;

/// What a port has to answer.
pub(crate) enum Answer {
    Gives(Json),
    Refused { code: &'static str, position: usize },
}

pub(crate) struct Vector {
    /// Made of rule, input and options: it stays what it is whatever cases come and go around it.
    pub(crate) id: String,
    pub(crate) input: Json,
    pub(crate) options: Option<Json>,
    pub(crate) answer: Answer,
    pub(crate) needs: Vec<&'static str>,
    pub(crate) because: String,
}

impl Vector {
    pub(crate) fn new(rule: &str, input: Json, options: Option<Json>, answer: Answer, because: &str) -> Self {
        let identity = match &options {
            None => input.to_line(),
            Some(options) => format!("{} {}", input.to_line(), options.to_line()),
        };
        let digest = Sha256::digest(identity);
        let id = format!("{rule}-{}", hex(digest.get(..4).unwrap_or_default()));
        Self { id, input, options, answer, needs: Vec::new(), because: because.to_owned() }
    }

    pub(crate) fn needs(mut self, needs: Vec<&'static str>) -> Self {
        self.needs = needs;
        self
    }

    pub(crate) fn to_line(&self) -> String {
        let mut members = vec![("id", Json::from(&*self.id)), ("input", self.input.clone())];
        members.extend(self.options.clone().map(|options| ("options", options)));
        members.push(match &self.answer {
            Answer::Gives(gives) => ("gives", gives.clone()),
            Answer::Refused { code, position } => {
                let before = match &self.input {
                    Json::Text(input) => input.get(..*position).unwrap_or_default(),
                    _ => "",
                };
                let utf16 = before.encode_utf16().count();
                let refused = vec![
                    ("code", Json::from(*code)),
                    ("position", Json::number(*position)),
                    ("utf16", Json::number(utf16)),
                ];
                ("refused", Json::Object(refused))
            }
        });
        members.push(("needs", Json::texts(self.needs.iter().copied())));
        members.push(("because", Json::from(&*self.because)));
        Json::Object(members).to_line()
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a port has to know beside ASCII for this address.
pub(crate) fn needs_of_address(input: &str) -> Vec<&'static str> {
    let (local, domain) = input.split_once('@').unwrap_or((input, ""));
    let mut needs = Vec::new();
    if !local.is_ascii() {
        needs.push("unicode");
    }
    if !local.nfc().eq(local.chars()) {
        needs.push("nfc");
    }
    let is_a_label = |label: &str| label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--"));
    if !domain.is_ascii() || domain.split('.').any(is_a_label) {
        needs.push("idna");
    }
    needs
}
