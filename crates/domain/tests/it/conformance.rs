//! Writes `conformance/`: the tables of this crate's tests as JSON, for ports of the four rules to
//! other languages. As a test it compares what is checked in with what the tables and the crate say
//! now; with `RESETD_WRITE_CONFORMANCE=1` it writes.

mod document;
mod email;
mod json;
mod others;
mod providers;
mod schema;
mod vector;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use document::Document;
use vector::Answer;

/// Grows when a reader of the files has to change.
const FORMAT: u32 = 1;

fn documents() -> Vec<Document> {
    vec![email::addresses(), email::same_mailbox(), others::ips(), others::expiries(), others::api_keys()]
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance")
}

#[test]
fn what_is_checked_in_is_what_the_tables_say() {
    let mut files: Vec<(String, String)> =
        documents().iter().map(|document| (format!("{}.json", document.name), document.to_json())).collect();
    files.push(("providers.json".to_owned(), providers::providers()));
    files.push(("schema.json".to_owned(), schema::schema(&documents())));
    for (name, text) in files {
        let path = folder().join(&name);
        if std::env::var_os("RESETD_WRITE_CONFORMANCE").is_some() {
            fs::write(&path, &text).unwrap();
        }
        let checked_in = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            checked_in == text,
            "conformance/{name} is not what the tables say: RESETD_WRITE_CONFORMANCE=1 cargo test -p resetd-domain \
             --test it conformance"
        );
    }
}

#[test]
fn every_document_is_json_and_ascii() {
    for document in documents() {
        let text = document.to_json();
        assert!(text.is_ascii(), "{}", document.name);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["vectors"].as_array().unwrap().len(), document.vectors.len(), "{}", document.name);
    }
    let schema: serde_json::Value = serde_json::from_str(&schema::schema(&documents())).unwrap();
    assert!(schema["$defs"].is_object());
}

#[test]
fn ids_are_unique() {
    let mut seen = BTreeSet::new();
    for vector in documents().iter().flat_map(|document| &document.vectors) {
        assert!(seen.insert(vector.id.clone()), "{}", vector.id);
    }
}

#[test]
fn every_code_of_every_rule_appears() {
    for document in documents().iter().filter(|document| !document.codes.is_empty()) {
        let codes: BTreeSet<&str> = document
            .vectors
            .iter()
            .filter_map(|vector| match vector.answer {
                Answer::Refused { code, .. } => Some(code),
                Answer::Gives(_) => None,
            })
            .collect();
        assert_eq!(codes, document.codes.iter().copied().collect(), "{}", document.name);
    }
}
