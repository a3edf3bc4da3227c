//! The workspace as the checkers see it: packages, sources and documents, as plain values that a
//! test can make up.

use std::path::Path;

use serde_json::Value;

use crate::process::capture;
use crate::{Result, workspace};

/// A text file, by its path from the root.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub(super) path: String,
    pub(super) text: String,
}

/// Which of the three tables a dependency stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Normal,
    Dev,
    Build,
}

/// A line in one of a package's dependency tables.
#[derive(Debug, Clone)]
pub(super) struct Dependency {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// A package of the workspace.
#[derive(Debug, Clone)]
pub(super) struct Package {
    pub(super) name: String,
    /// From the root: `crates/domain`.
    pub(super) folder: String,
    pub(super) dependencies: Vec<Dependency>,
    pub(super) manifest: String,
}

/// All of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Workspace {
    pub(super) packages: Vec<Package>,
    /// The Rust sources of `crates/*`, `perf` and `xtask`, tests included.
    pub(super) sources: Vec<Text>,
    /// Markdown and TOML outside the crates' sources.
    pub(super) documents: Vec<Text>,
    /// Everything the domain crate links without features: `name version features`.
    pub(super) domain_tree: Vec<String>,
}

impl Workspace {
    /// Reads this workspace.
    pub(super) fn read() -> Result<Self> {
        let metadata = capture(workspace::cargo().args(["metadata", "--format-version", "1", "--no-deps"]))?;
        let tree =
            ["tree", "-p", "resetd-domain", "-e", "normal,build", "--prefix", "none", "-f", "{p} [{f}]"];
        let mut workspace = Self {
            packages: packages(&serde_json::from_str(&metadata)?, workspace::root())?,
            domain_tree: capture(workspace::cargo().args(tree))?.lines().map(str::to_owned).collect(),
            ..Self::default()
        };
        let root = workspace::root();
        for folder in ["crates", "perf", "xtask", "docs", "deploy", "examples"] {
            workspace.walk(root, &root.join(folder))?;
        }
        for entry in std::fs::read_dir(root)? {
            let path = entry?.path();
            if path.is_file() {
                workspace.take(root, &path)?;
            }
        }
        Ok(workspace)
    }

    /// The document at `path`.
    pub(super) fn document(&self, path: &str) -> Option<&str> {
        self.documents.iter().find(|document| document.path == path).map(|document| document.text.as_str())
    }

    fn walk(&mut self, root: &Path, folder: &Path) -> Result {
        let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
        let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
        paths.sort();
        for path in paths {
            if !path.is_dir() {
                self.take(root, &path)?;
            } else if path.file_name().is_none_or(|name| name != "target" && name != "node_modules") {
                self.walk(root, &path)?;
            }
        }
        Ok(())
    }

    fn take(&mut self, root: &Path, path: &Path) -> Result {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let list = match extension {
            "rs" => &mut self.sources,
            "md" | "toml" | "yaml" | "yml" => &mut self.documents,
            _ => return Ok(()),
        };
        let relative = path.strip_prefix(root)?.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| format!("{relative}: {error}"))?;
        list.push(Text { path: relative, text });
        Ok(())
    }
}

/// The workspace's packages in the output of `cargo metadata`.
fn packages(metadata: &Value, root: &Path) -> Result<Vec<Package>> {
    let list = metadata.get("packages").and_then(Value::as_array).ok_or("cargo metadata without packages")?;
    list.iter()
        .map(|package| {
            let text = |name: &str| package.get(name).and_then(Value::as_str).unwrap_or_default();
            let manifest = Path::new(text("manifest_path"));
            let folder = manifest.parent().unwrap_or(root);
            let dependencies = package.get("dependencies").and_then(Value::as_array);
            Ok(Package {
                name: text("name").to_owned(),
                folder: folder.strip_prefix(root).unwrap_or(folder).display().to_string(),
                dependencies: dependencies.into_iter().flatten().map(dependency).collect(),
                manifest: std::fs::read_to_string(manifest)?,
            })
        })
        .collect()
}

fn dependency(value: &Value) -> Dependency {
    let kind = match value.get("kind").and_then(Value::as_str) {
        Some("dev") => Kind::Dev,
        Some("build") => Kind::Build,
        _ => Kind::Normal,
    };
    Dependency { name: value.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(), kind }
}

#[cfg(test)]
pub(super) mod made_up {
    use super::*;

    /// A package with these dependencies, `dev:` before those of its tests.
    pub(in crate::check) fn package(name: &str, dependencies: &[&str]) -> Package {
        let dependencies = dependencies
            .iter()
            .map(|word| match word.strip_prefix("dev:") {
                Some(name) => Dependency { name: name.to_owned(), kind: Kind::Dev },
                None => Dependency { name: (*word).to_owned(), kind: Kind::Normal },
            })
            .collect();
        let folder = match name {
            "resetd" => "crates/server".to_owned(),
            "perf" | "xtask" => name.to_owned(),
            _ => format!("crates/{}", name.trim_start_matches("resetd-")),
        };
        Package {
            name: name.to_owned(),
            folder,
            dependencies,
            manifest: "[lints]\nworkspace = true\n".to_owned(),
        }
    }

    pub(in crate::check) fn text(path: &str, text: &str) -> Text {
        Text { path: path.to_owned(), text: text.to_owned() }
    }

    pub(in crate::check) fn workspace(packages: Vec<Package>) -> Workspace {
        Workspace { packages, ..Workspace::default() }
    }

    pub(in crate::check) fn source(path: &str, body: &str) -> Workspace {
        Workspace { sources: vec![text(path, body)], ..Workspace::default() }
    }
}
