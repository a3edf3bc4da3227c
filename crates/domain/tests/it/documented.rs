//! Every public type, trait, constant and function has an example.

use std::fs;
use std::path::{Path, PathBuf};

/// Where examples come from a macro, which writes them for each of its types.
const BY_MACRO: &str = "macros.rs";

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.file_name().is_some_and(|name| name != BY_MACRO) {
            into.push(path);
        }
    }
}

/// The public items of a file that stand at its margin, without an example in their documentation.
fn without_example(source: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut has_example = false;
    for line in source.lines() {
        let item = line.strip_prefix("pub ").filter(|rest| {
            !rest.starts_with("use ") && !rest.starts_with("(") && !rest.starts_with("mod design")
        });
        if line.starts_with("///") {
            has_example |= line.contains("```");
        } else if let Some(item) = item {
            if !has_example {
                found.push(item);
            }
            has_example = false;
        } else if !line.starts_with("#[") && !line.starts_with(['\t', ' ', ')']) {
            has_example = false;
        }
    }
    found
}

#[test]
fn every_public_item_has_an_example() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    assert!(files.len() > 30, "{files:?}");
    let mut missing = Vec::new();
    for file in files {
        let source = fs::read_to_string(&file).unwrap();
        missing.extend(
            without_example(&source).into_iter().map(|item| format!("{}: pub {item}", file.display())),
        );
    }
    assert!(missing.is_empty(), "without an example:\n{}", missing.join("\n"));
}

#[test]
fn an_item_without_an_example_is_found() {
    let source = "/// One.\n///\n/// ```\n/// ```\n#[derive(\n    Clone\n)]\npub struct One;\n\n/// Two.\npub enum Two {}\n\npub(crate) struct Three;\n";
    assert_eq!(without_example(source), ["enum Two {}"]);
}
