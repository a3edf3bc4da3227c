//! `cargo xtask sbom [FILE]`: what the `resetd` binary is made of, as CycloneDX 1.6 in JSON
//! (ECMA-424).
//!
//! Made of `cargo tree` and `Cargo.lock` alone, so that it needs no network and no other tool, and
//! comes out the same wherever it is made: the crates that are linked into the binary for this
//! machine's target, with those that build them, without those of the tests.

mod graph;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use self::graph::Graph;
use crate::process::capture;
use crate::{Result, output, workspace};

/// Writes it to `file`, else to standard output.
///
/// # Errors
/// When `cargo tree` fails, `Cargo.lock` does not fit it, or the file cannot be written.
pub fn run(file: Option<&Path>) -> Result {
    let text = serde_json::to_string_pretty(&document()?)?;
    match file {
        None => println!("{text}"),
        Some(file) => {
            std::fs::write(file, text + "\n").map_err(|error| format!("{}: {error}", file.display()))?;
            output::step(format_args!("what resetd is made of: {}", file.display()));
        }
    }
    Ok(())
}

/// The document of this workspace.
fn document() -> Result<Value> {
    let host = capture(workspace::rustc().args(["--version", "--verbose"]))?;
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).ok_or("rustc names no host")?;
    let lock = std::fs::read_to_string(workspace::root().join("Cargo.lock"))?;
    describe(&Graph::of("resetd", host)?, &checksums(&lock), host)
}

fn describe(graph: &Graph, checksums: &BTreeMap<(String, String), String>, host: &str) -> Result<Value> {
    let mut components = Vec::new();
    for (package, _) in graph.edges().filter(|(package, _)| *package != graph.root()) {
        components.push(component(package, "library", checksums)?);
    }
    let dependencies: Vec<Value> = graph
        .edges()
        .map(|(package, needs)| {
            let needs: Vec<String> = needs.iter().map(purl).collect();
            json!({ "ref": purl(package), "dependsOn": needs })
        })
        .collect();
    Ok(json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": component(graph.root(), "application", checksums)?,
            "properties": [{ "name": "cargo:target", "value": host }],
        },
        "components": components,
        "dependencies": dependencies,
    }))
}

fn component(
    package: &graph::Package,
    kind: &str,
    checksums: &BTreeMap<(String, String), String>,
) -> Result<Value> {
    if package.licence.is_empty() {
        return Err(format!("{} names no licence", package.name).into());
    }
    let hashes = if package.is_foreign {
        let known = checksums.get(&(package.name.clone(), package.version.clone()));
        let digest = known.ok_or_else(|| format!("Cargo.lock has no checksum of {}", package.name))?;
        vec![json!({ "alg": "SHA-256", "content": digest })]
    } else {
        Vec::new()
    };
    let repository = package.repository.iter().map(|url| json!({ "type": "vcs", "url": url }));
    Ok(json!({
        "type": kind,
        "bom-ref": purl(package),
        "name": package.name,
        "version": package.version,
        "purl": purl(package),
        // Old crates write a slash where SPDX has OR.
        "licenses": [{ "expression": package.licence.replace(" / ", "/").replace('/', " OR ") }],
        "hashes": hashes,
        "externalReferences": repository.collect::<Vec<_>>(),
    }))
}

/// The package URL of a crate; build metadata's plus sign is encoded.
fn purl(package: &graph::Package) -> String {
    format!("pkg:cargo/{}@{}", package.name, package.version.replace('+', "%2B"))
}

/// SHA-256 of each package that came from a registry, by name and version.
fn checksums(lock: &str) -> BTreeMap<(String, String), String> {
    lock.split("[[package]]")
        .filter_map(|package| {
            let value = |name: &str| {
                let line = package.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \""))?;
                Some(line.trim_end_matches('"').to_owned())
            };
            Some(((value("name")?, value("version")?), value("checksum")?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn text<'a>(value: &'a Value, name: &str) -> &'a str {
        value[name].as_str().unwrap_or_else(|| panic!("{name} of {value}"))
    }

    #[test]
    fn the_binary_is_described_whole_and_nothing_beside_it() {
        let document = document().unwrap();
        assert_eq!(text(&document["metadata"]["component"], "name"), "resetd");
        let components = document["components"].as_array().unwrap();
        let names: BTreeSet<&str> = components.iter().map(|component| text(component, "name")).collect();
        for linked in ["resetd-domain", "resetd-store-postgres", "sqlx", "rustls", "axum", "libsqlite3-sys"] {
            assert!(names.contains(linked), "{linked} is missing");
        }
        for beside in ["xtask", "resetd-testkit", "rcgen", "mockall", "insta", "tempfile", "mail-parser"] {
            assert!(!names.contains(beside), "{beside} is not linked");
        }
        for component in components {
            let foreign = !text(component, "name").starts_with("resetd");
            let digest = component["hashes"][0]["content"].as_str().unwrap_or_default();
            assert_eq!(digest.len(), if foreign { 64 } else { 0 }, "{component}");
            let licence = text(&component["licenses"][0], "expression");
            assert!(!licence.is_empty() && !licence.contains('/'), "{component}");
        }
    }

    #[test]
    fn every_reference_leads_to_a_component() {
        let document = document().unwrap();
        let mut known: BTreeSet<&str> = document["components"]
            .as_array()
            .unwrap()
            .iter()
            .map(|component| text(component, "bom-ref"))
            .collect();
        assert!(known.insert(text(&document["metadata"]["component"], "bom-ref")));
        let edges = document["dependencies"].as_array().unwrap();
        let described: BTreeSet<&str> = edges.iter().map(|edge| text(edge, "ref")).collect();
        assert_eq!(described, known, "each is described once");
        assert_eq!(edges.len(), known.len());
        for edge in edges {
            for need in edge["dependsOn"].as_array().unwrap() {
                assert!(known.contains(need.as_str().unwrap()), "{need}");
            }
        }
    }

    #[test]
    fn checksums_are_read_from_the_lock_file() {
        let lock = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"x\"\nchecksum = \"07\"\n\n\
                    [[package]]\nname = \"own\"\nversion = \"0.1.0\"\n";
        let expected = [(("a".to_owned(), "1.0.0".to_owned()), "07".to_owned())];
        assert_eq!(checksums(lock).into_iter().collect::<Vec<_>>(), expected);
    }
}
