//! One file of `conformance/`.

use resetd_domain::{RULES_VERSION, UNICODE_VERSION};

use super::FORMAT;
use super::json::{Json, joined};
use super::vector::Vector;

pub(crate) struct Document {
    /// Of the file, without its suffix; of the rule, as a request names it, but for pairs.
    pub(crate) name: &'static str,
    /// The members of `gives` that every port has to answer.
    pub(crate) required: &'static [&'static str],
    /// Every code of the rule's error.
    pub(crate) codes: Vec<&'static str>,
    pub(crate) vectors: Vec<Vector>,
}

impl Document {
    /// Its members, the vectors one a line.
    pub(crate) fn to_json(&self) -> String {
        let head = [
            ("$schema", Json::from("schema.json")),
            ("format", Json::Number(u64::from(FORMAT))),
            ("rules", Json::from(RULES_VERSION)),
            ("unicode", Json::from(UNICODE_VERSION)),
            ("rule", Json::from(self.name)),
            ("required", Json::texts(self.required.iter().copied())),
            ("codes", Json::texts(self.codes.iter().copied())),
        ];
        let head = joined(head.iter().map(|(key, value)| format!("  \"{key}\": {},\n", value.to_line())), "");
        let vectors = joined(self.vectors.iter().map(|vector| format!("    {}", vector.to_line())), ",\n");
        format!("{{\n{head}  \"vectors\": [\n{vectors}\n  ]\n}}\n")
    }
}
