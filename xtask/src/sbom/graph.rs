//! What a package is made of, as `cargo tree` prints it: with the very features that the build has,
//! tests left out.

use std::collections::{BTreeMap, BTreeSet};

use crate::process::capture;
use crate::{Result, workspace};

/// One package at one version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    /// As SPDX has it, or as old crates do; empty: none is named.
    pub(super) licence: String,
    pub(super) repository: Option<String>,
    /// It came from a registry.
    pub(super) is_foreign: bool,
}

/// A package and everything it needs.
#[derive(Debug)]
pub(super) struct Graph {
    root: Package,
    needs: BTreeMap<Package, BTreeSet<Package>>,
}

impl Graph {
    /// Of the workspace's package `name`, built for `target`.
    pub(super) fn of(name: &str, target: &str) -> Result<Self> {
        let words = ["tree", "--locked", "-p", name, "--target", target, "-e", "normal,build"];
        let format = ["--prefix", "depth", "--format", "{p}\t{l}\t{r}"];
        Self::read(&capture(workspace::cargo().args(words).args(format))?)
    }

    /// Reads lines such as `2serde v1.0.0\tMIT\thttps://…`, the number being the depth; `(*)` ends
    /// those printed before.
    fn read(tree: &str) -> Result<Self> {
        let mut above: Vec<Package> = Vec::new();
        let mut needs: BTreeMap<Package, BTreeSet<Package>> = BTreeMap::new();
        for line in tree.lines().filter(|line| !line.is_empty()) {
            let (depth, package) = package(line).ok_or_else(|| format!("cargo tree says {line:?}"))?;
            above.truncate(depth);
            if let Some(parent) = above.last() {
                needs.entry(parent.clone()).or_default().insert(package.clone());
            }
            needs.entry(package.clone()).or_default();
            above.push(package);
        }
        let root = above.into_iter().next().ok_or("cargo tree says nothing")?;
        Ok(Self { root, needs })
    }

    /// The package itself.
    pub(super) fn root(&self) -> &Package {
        &self.root
    }

    /// All packages, the root included, each with what it needs itself.
    pub(super) fn edges(&self) -> impl Iterator<Item = (&Package, &BTreeSet<Package>)> {
        self.needs.iter()
    }
}

fn package(line: &str) -> Option<(usize, Package)> {
    let line = line.trim_end_matches(" (*)");
    let digits = line.find(|c: char| !c.is_ascii_digit())?;
    let (depth, rest) = line.split_at(digits);
    let mut fields = rest.split('\t');
    let mut words = fields.next()?.splitn(3, ' ');
    let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
    // Behind the version stands the folder of a package of the workspace, or `(proc-macro)`.
    let is_foreign = !words.next().is_some_and(|origin| origin.contains('/') || origin.contains('\\'));
    let package = Package {
        name: name.to_owned(),
        version: version.to_owned(),
        licence: fields.next()?.to_owned(),
        repository: fields.next().filter(|url| !url.is_empty()).map(str::to_owned),
        is_foreign,
    };
    Some((depth.parse().ok()?, package))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_read_by_its_depths() {
        let tree = "0top v0.1.0 (/somewhere/top)\tMIT\t\n1a v1.0.0\tMIT/Apache-2.0\thttps://a.example\n\
                    2b v2.0.0+x (proc-macro)\tISC\t\n1b v2.0.0+x (proc-macro)\tISC\t (*)\n";
        let graph = Graph::read(tree).unwrap();
        assert_eq!((graph.root().name.as_str(), graph.root().is_foreign), ("top", false));
        let edges: Vec<_> = graph
            .edges()
            .map(|(package, needs)| {
                (package.name.as_str(), needs.iter().map(|need| need.name.as_str()).collect::<Vec<_>>())
            })
            .collect();
        assert_eq!(edges, [("a", vec!["b"]), ("b", vec![]), ("top", vec!["a", "b"])]);
        assert!(Graph::read("nonsense").is_err() && Graph::read("").is_err());
    }
}
