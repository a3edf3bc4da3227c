//! `schema.json`: what a vector file, a request and an answer look like, as JSON Schema.

use super::{FORMAT, document::Document, json::Json};

/// Everything that a vector may need beside ASCII.
pub(crate) const NEEDS: &[&str] = &["unicode", "nfc", "idna", "providers", "refuse-sample"];

pub(crate) fn schema(documents: &[Document]) -> String {
    let codes: std::collections::BTreeSet<&str> =
        documents.iter().flat_map(|document| document.codes.iter().copied()).collect();
    include_str!("schema.json")
        .replace("\"FORMAT\"", &FORMAT.to_string())
        .replace("\"NEEDS\"", &Json::texts(NEEDS.iter().copied()).to_line())
        .replace("\"FILES\"", &Json::texts(documents.iter().map(|document| document.name)).to_line())
        .replace("\"CODES\"", &Json::texts(codes).to_line())
}

#[test]
fn every_need_is_in_the_schema_and_occurs() {
    let documents = super::documents();
    let vectors = documents.iter().flat_map(|document| &document.vectors);
    let seen: std::collections::BTreeSet<&str> =
        vectors.flat_map(|vector| vector.needs.iter().copied()).collect();
    assert_eq!(seen, NEEDS.iter().copied().collect());
}
