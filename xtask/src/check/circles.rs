//! Modules of one crate that need each other in a circle.

use std::collections::{BTreeMap, BTreeSet};

use super::sources::product_sources;
use super::workspace_rules::Workspace;

/// Circles that are known, by a module of each that the others are reached through.
const KNOWN: &[(&str, &str)] = &[
    // Rounds of statements name the rows that they batch; it goes with the writer's rewrite.
    ("crates/store-sqlite", "writer"),
    // The engine's work on leases is written beside them.
    ("crates/application", "deliver_resets::leases"),
];

/// A module's path inside its crate; empty for the root.
type Module = Vec<String>;

/// What one module names of the others, and what it re-exports.
#[derive(Debug, Default)]
struct Names {
    /// Paths from the root, as written after `crate`, `super` and `self` were resolved.
    paths: Vec<Module>,
    /// A name that others see in this module, and the path that it comes from.
    exports: BTreeMap<String, Module>,
}

/// No modules of a crate name each other in a circle. A parent and what is below it may name each
/// other. A name that a module re-exports counts as a name of the module that it comes from.
pub(super) fn modules_form_no_circles(workspace: &Workspace) -> Vec<String> {
    let mut crates: BTreeMap<String, BTreeMap<Module, Names>> = BTreeMap::new();
    for (path, text) in product_sources(workspace) {
        let Some((folder, file)) = path.split_once("/src/") else { continue };
        let module = module_of(file);
        let names = read(&module, text);
        let known = crates.entry(folder.to_owned()).or_default().entry(module).or_default();
        known.paths.extend(names.paths);
        known.exports.extend(names.exports);
    }
    crates.iter().flat_map(|(folder, modules)| circles(folder, modules)).collect()
}

/// The module in `a/b.rs`, `a/b/mod.rs`, `lib.rs` or `main.rs`.
fn module_of(file: &str) -> Module {
    let mut parts: Module = file.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| matches!(last.as_str(), "lib" | "main" | "mod")) {
        parts.pop();
    }
    parts
}

fn circles(folder: &str, modules: &BTreeMap<Module, Names>) -> Vec<String> {
    let edges: BTreeMap<&Module, BTreeSet<&Module>> =
        modules.iter().map(|(module, names)| (module, targets(module, names, modules))).collect();
    let mut circles = Vec::new();
    let mut seen: BTreeSet<&Module> = BTreeSet::new();
    for module in modules.keys() {
        if seen.contains(module) {
            continue;
        }
        let Some(way) = way_back(module, &edges) else { continue };
        seen.extend(way.iter().copied());
        let is_known = |module: &&&Module| {
            let module = module.join("::");
            KNOWN.iter().any(|(known_folder, known)| {
                *known_folder == folder
                    && module
                        .strip_prefix(known)
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
            })
        };
        if way.iter().find(is_known).is_some() {
            continue;
        }
        let names: Vec<String> = way.iter().map(|module| module.join("::")).collect();
        circles.push(format!("{folder}: {} → {}", names.join(" → "), module.join("::")));
    }
    circles
}

/// The modules that `from` needs, but those above and below it.
fn targets<'a>(from: &Module, names: &Names, modules: &'a BTreeMap<Module, Names>) -> BTreeSet<&'a Module> {
    let related = |other: &Module| from.starts_with(other) || other.starts_with(from);
    names
        .paths
        .iter()
        .filter_map(|path| resolve(path, modules, 0))
        .filter(|target| !related(target))
        .collect()
}

/// The module in which the item at `path` is written.
fn resolve<'a>(path: &Module, modules: &'a BTreeMap<Module, Names>, depth: u32) -> Option<&'a Module> {
    let (module, rest) = (0..=path.len()).rev().find_map(|length| {
        let (head, rest) = path.split_at_checked(length)?;
        modules.get_key_value(head).map(|(module, _)| (module, rest))
    })?;
    // Re-exports that lead to each other would have no end; Rust allows none.
    let exported = rest.first().and_then(|name| modules.get(module)?.exports.get(name));
    match exported {
        Some(origin) if depth < 8 && origin != path => resolve(origin, modules, depth + 1).or(Some(module)),
        _ => Some(module),
    }
}

/// The shortest way from `start` back to itself.
fn way_back<'a>(
    start: &'a Module,
    edges: &BTreeMap<&'a Module, BTreeSet<&'a Module>>,
) -> Option<Vec<&'a Module>> {
    let mut ways = std::collections::VecDeque::from([vec![start]]);
    let mut visited = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        for next in edges.get(way.last()?).into_iter().flatten() {
            if *next == start {
                return Some(way);
            }
            if visited.insert(*next) {
                ways.push_back(way.iter().copied().chain([*next]).collect());
            }
        }
    }
    None
}

/// The paths in a source.
fn read(module: &Module, text: &str) -> Names {
    let text = without_comments(text);
    let mut names = Names::default();
    let mut rest = text.as_str();
    while let Some((at, public)) = next_use(rest) {
        let statement = rest.get(at..).unwrap_or_default();
        let (tree, after) = statement.split_once(';').unwrap_or((statement, ""));
        expand(tree, &[], &mut |path, name| {
            if let Some(path) = absolute(module, path) {
                if public && let Some(name) = name {
                    names.exports.insert(name, path.clone());
                }
                names.paths.push(path);
            }
        });
        rest = after;
    }
    names.paths.extend(inline_paths(module, &text));
    names
}

/// Where the tree of the next `use` begins, and whether it is a re-export.
fn next_use(text: &str) -> Option<(usize, bool)> {
    let mut from = 0;
    loop {
        let at = from + text.get(from..)?.find("use ")?;
        let line = text.get(..at)?.rsplit('\n').next().unwrap_or_default().trim();
        if line.is_empty() || (line.starts_with("pub") && !line.contains(' ')) {
            return Some((at + "use ".len(), line.starts_with("pub")));
        }
        from = at + "use ".len();
    }
}

/// Calls `each` with every path of a use tree and the name that it gets.
fn expand(tree: &str, before: &[String], each: &mut impl FnMut(&[String], Option<String>)) {
    let tree = tree.trim();
    if tree.is_empty() {
        return;
    }
    if let Some((head, group)) = tree.split_once('{') {
        let mut path = before.to_vec();
        path.extend(segments(head));
        for branch in branches(group.trim_end().trim_end_matches('}')) {
            expand(branch, &path, each);
        }
        return;
    }
    let (path, alias) = tree.split_once(" as ").map_or((tree, None), |(path, alias)| (path, Some(alias)));
    let mut full = before.to_vec();
    full.extend(segments(path).filter(|segment| segment != "*"));
    if full.last().is_some_and(|last| last == "self") && full.len() > 1 {
        full.pop();
    }
    let name = alias.map(|alias| alias.trim().to_owned()).or_else(|| full.last().cloned());
    each(&full, name);
}

fn segments(path: &str) -> impl Iterator<Item = String> {
    path.split("::").map(str::trim).filter(|segment| !segment.is_empty()).map(str::to_owned)
}

/// The branches of a group, split at the commas outside inner groups.
fn branches(group: &str) -> Vec<&str> {
    let (mut branches, mut depth, mut start) = (Vec::new(), 0_usize, 0);
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                branches.extend(group.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    branches.extend(group.get(start..));
    branches
}

/// `crate::…`, `super::…` and `self::…` from the crate's root; `None` for other crates.
fn absolute(module: &Module, path: &[String]) -> Option<Module> {
    let (first, rest) = path.split_first()?;
    match first.as_str() {
        "crate" => Some(rest.to_vec()),
        "self" => Some(module.iter().chain(rest).cloned().collect()),
        "super" => {
            let (_, parent) = module.split_last()?;
            absolute_below(parent, rest)
        }
        _ => None,
    }
}

fn absolute_below(module: &[String], rest: &[String]) -> Option<Module> {
    match rest.split_first() {
        Some((first, rest)) if first == "super" => absolute_below(module.split_last()?.1, rest),
        _ => Some(module.iter().chain(rest).cloned().collect()),
    }
}

/// Paths outside `use`: `crate::a::b`, `super::b`.
fn inline_paths(module: &Module, text: &str) -> Vec<Module> {
    let mut paths = Vec::new();
    for start in ["crate::", "super::", "self::"] {
        for (at, _) in text.match_indices(start) {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | ':')) {
                continue;
            }
            let path = text.get(at..).unwrap_or_default();
            let end =
                path.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(path.len());
            let path: Vec<String> = segments(path.get(..end).unwrap_or_default()).collect();
            paths.extend(absolute(module, &path));
        }
    }
    paths
}

/// The code without comments and without the bodies of macros, whose paths are read where they are
/// used.
fn without_comments(text: &str) -> String {
    let mut end_of_macro: Option<String> = None;
    let mut kept = String::new();
    for line in text.lines() {
        let body = line.trim_start();
        if let Some(end) = &end_of_macro {
            if line == end {
                end_of_macro = None;
            }
        } else if body.starts_with("macro_rules! ") {
            let indent = line.len() - body.len();
            end_of_macro = Some(format!("{}}}", " ".repeat(indent)));
        } else if !body.starts_with("//") {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::super::workspace_rules::made_up::text;
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let sources = files.iter().map(|(path, body)| text(path, body)).collect();
        modules_form_no_circles(&Workspace { sources, ..Workspace::default() })
    }

    #[test]
    fn siblings_that_name_each_other_are_a_circle() {
        let one = ("crates/x/src/a.rs", "use crate::b::{B, inner::Deep};\n");
        assert_eq!(
            found(&[one, ("crates/x/src/b.rs", "fn f() { super::a::go() }\n")]),
            ["crates/x: a → b → a"]
        );
        assert!(found(&[one, ("crates/x/src/b.rs", "// super::a::go()\nuse other::a::A;\n")]).is_empty());
    }

    #[test]
    fn a_parent_and_its_children_may_name_each_other() {
        let files = [
            ("crates/x/src/lib.rs", "pub use self::a::A;\n"),
            ("crates/x/src/a.rs", "mod inner;\nuse self::inner::I;\nuse crate::Root;\n"),
            ("crates/x/src/a/inner.rs", "use super::A;\nuse crate::a::A as B;\n"),
        ];
        assert!(found(&files).is_empty());
    }

    #[test]
    fn a_circle_through_a_re_export_is_seen() {
        let files = [
            ("crates/x/src/lib.rs", "mod a;\nmod b;\npub use a::A;\npub use self::b::B;\n"),
            ("crates/x/src/a.rs", "use crate::B;\n"),
            ("crates/x/src/b.rs", "use crate::c::C;\n"),
            ("crates/x/src/c/mod.rs", "use super::a::A;\n"),
        ];
        assert_eq!(found(&files), ["crates/x: a → b → c → a"]);
    }

    #[test]
    fn a_path_in_a_macro_belongs_to_its_uses() {
        let files = [
            ("crates/x/src/a.rs", "macro_rules! m {\n    () => { crate::b::B };\n}\npub(crate) use m;\n"),
            ("crates/x/src/b.rs", "use crate::a::m;\n"),
        ];
        assert!(found(&files).is_empty());
    }

    #[test]
    fn tests_may_name_what_they_like() {
        let files = [
            ("crates/x/src/a.rs", "use crate::b::B;\n"),
            ("crates/x/src/b.rs", "fn f() {}\n#[cfg(test)]\nmod tests {\n    use crate::a::A;\n}\n"),
        ];
        assert!(found(&files).is_empty());
    }
}
