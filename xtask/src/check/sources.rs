//! What the sources may not say. Clippy sees most of it; these see the rest, and that clippy still
//! has its list.

use super::workspace_rules::{Text, Workspace};

/// Lines of one file, tests left out, over which it is too long.
const LONGEST_FILE: usize = 500;
/// Lines over which somebody should think about it.
const LONG_FILE: usize = 400;

/// What reads the state of the machine.
const AMBIENT: &[&str] = &["Utc::now(", "Local::now(", "SystemTime::now(", "env::var(", "getrandom::fill("];

/// Who may, because that is what they are for.
const MAY_LOOK_AROUND: &[&str] = &[
    "crates/system/",
    "crates/server/",
    "crates/text-files/",
    "crates/testkit/src/service.rs",
    "perf/",
    "xtask/",
    "examples/backend/",
];

/// The part of a source before its test module.
fn product(source: &Text) -> &str {
    let test_module = source
        .text
        .find("#[cfg(test)]\nmod tests {")
        .or_else(|| source.text.find("#[cfg(test)]\npub(super) mod "));
    test_module.and_then(|at| source.text.get(..at)).unwrap_or(&source.text)
}

/// Whether the file is in a folder of tests or benchmarks.
fn is_test(path: &str) -> bool {
    ["/tests/", "/benches/", "/examples/"].iter().any(|folder| path.contains(folder))
}

/// The modules that a source takes in for its tests only: `#[cfg(test)] mod NAME;`, as paths
/// without `.rs`.
fn test_modules(source: &Text) -> Vec<String> {
    let stem = source.path.trim_end_matches(".rs");
    let folder = ["/lib", "/main", "/mod"].iter().find_map(|root| stem.strip_suffix(root)).unwrap_or(stem);
    source
        .text
        .split("#[cfg(test)]\nmod ")
        .skip(1)
        .filter_map(|rest| rest.split_once(';'))
        .filter(|(name, _)| name.chars().all(|c| c.is_alphanumeric() || c == '_'))
        .map(|(name, _)| format!("{folder}/{name}"))
        .collect()
}

pub(super) fn product_sources(workspace: &Workspace) -> impl Iterator<Item = (&str, &str)> {
    let test_modules: Vec<String> = workspace.sources.iter().flat_map(test_modules).collect();
    workspace
        .sources
        .iter()
        .filter(move |source| {
            let of_tests = |module: &String| {
                source
                    .path
                    .strip_prefix(module.as_str())
                    .is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
            };
            !is_test(&source.path) && !test_modules.iter().any(of_tests)
        })
        .map(|source| (source.path.as_str(), product(source)))
}

/// Code without comments, with its line number.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Only `system`, `server` and the tools read the clock, the environment or the OS's
/// randomness, or silences clippy about it.
pub(super) fn ambient_state_stays_outside(workspace: &Workspace) -> Vec<String> {
    let outside = |path: &str| MAY_LOOK_AROUND.iter().any(|folder| path.starts_with(folder));
    let mut violations = Vec::new();
    for (path, text) in product_sources(workspace).filter(|(path, _)| !outside(path)) {
        for (at, line) in code(text) {
            if let Some(name) = AMBIENT.iter().find(|name| line.contains(**name)) {
                violations.push(format!("{path}:{at} calls {})", name));
            }
            if line.contains("clippy::disallowed_methods") {
                violations.push(format!("{path}:{at} silences clippy::disallowed_methods"));
            }
        }
    }
    violations
}

/// `clippy.toml` still names the methods, and the workspace still denies them.
pub(super) fn clippy_bans_the_clocks(workspace: &Workspace) -> Vec<String> {
    let clippy = workspace.document("clippy.toml").unwrap_or_default();
    let mut violations: Vec<String> =
        ["chrono::Utc::now", "std::time::SystemTime::now", "std::env::var", "getrandom::fill"]
            .iter()
            .filter(|path| !clippy.contains(&format!("path = \"{path}\"")))
            .map(|path| format!("clippy.toml does not ban {path}"))
            .collect();
    if !workspace.document("Cargo.toml").unwrap_or_default().contains("disallowed_methods = \"deny\"") {
        violations.push("Cargo.toml does not deny clippy::disallowed_methods".to_owned());
    }
    violations
}

/// `ResetToken`, `Password` and `WebhookSecret` have no `Serialize`, and their `Debug` is written
/// by hand to say nothing.
pub(super) fn secrets_stay_opaque(workspace: &Workspace) -> Vec<String> {
    let mut violations = Vec::new();
    for secret in ["ResetToken", "Password", "WebhookSecret"] {
        let mut defined = false;
        for (path, text) in product_sources(workspace) {
            if text.contains(&format!("Serialize for {secret} ")) {
                violations.push(format!("{path} makes {secret} serialise"));
            }
            if !path.starts_with("crates/domain/") {
                continue;
            }
            for word in [";", " {", "("] {
                let Some(at) = text.find(&format!("pub struct {secret}{word}")) else { continue };
                defined = true;
                let attributes = text.get(..at).unwrap_or_default().rsplit("\n\n").next().unwrap_or_default();
                for (_, line) in code(attributes).filter(|(_, line)| line.contains("derive")) {
                    if line.contains("Serialize") || line.contains("Debug") {
                        violations.push(format!("{path}: {secret} has {}", line.trim()));
                    }
                }
            }
        }
        if !defined && workspace.packages.iter().any(|package| package.name == "resetd-domain") {
            violations.push(format!("crates/domain defines no {secret}; this check looks at nothing"));
        }
    }
    violations
}

/// The product's files over `limit` lines.
fn over(workspace: &Workspace, limit: usize) -> Vec<(String, usize)> {
    product_sources(workspace)
        .filter(|(path, _)| path.starts_with("crates/"))
        .map(|(path, text)| (path.to_owned(), text.lines().count()))
        .filter(|(_, lines)| *lines > limit)
        .collect()
}

/// No file of the product is over 500 lines, its tests left out.
pub(super) fn files_stay_small(workspace: &Workspace) -> Vec<String> {
    over(workspace, LONGEST_FILE)
        .into_iter()
        .map(|(path, lines)| format!("{path} has {lines} lines"))
        .collect()
}

/// Files that hold two things already: over 400 lines.
pub(super) fn long_files(workspace: &Workspace) -> Vec<String> {
    over(workspace, LONG_FILE)
        .into_iter()
        .filter(|(_, lines)| *lines <= LONGEST_FILE)
        .map(|(path, lines)| format!("{path} has {lines} lines; do two things live there?"))
        .collect()
}

/// No source or document names a folder of the machine it was written on.
pub(super) fn no_foreign_paths(workspace: &Workspace) -> Vec<String> {
    let traces = [
        concat!("/wo", "rk/main"),
        concat!("/wo", "rk/shared"),
        concat!("/ro", "ot/."),
        concat!("/ho", "me/"),
    ];
    let mut violations = Vec::new();
    for file in workspace.sources.iter().chain(&workspace.documents) {
        for (at, line) in file.text.lines().enumerate() {
            if let Some(trace) = traces.iter().find(|trace| line.contains(**trace)) {
                violations.push(format!("{}:{} names {trace}", file.path, at + 1));
            }
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::super::workspace_rules::made_up::{source, text};
    use super::*;

    #[test]
    fn a_clock_in_an_adapter_is_seen_and_one_in_its_tests_is_not() {
        let line = "let now = Utc::now();\n";
        assert_eq!(
            ambient_state_stays_outside(&source("crates/http/src/a.rs", line)),
            ["crates/http/src/a.rs:1 calls Utc::now()"]
        );
        for path in [
            "crates/system/src/clock.rs",
            "crates/server/src/main.rs",
            "xtask/src/a.rs",
            "crates/http/tests/a.rs",
        ] {
            assert!(ambient_state_stays_outside(&source(path, line)).is_empty(), "{path}");
        }
        let in_tests = format!("fn f() {{}}\n#[cfg(test)]\nmod tests {{\n{line}}}\n");
        assert!(ambient_state_stays_outside(&source("crates/http/src/a.rs", &in_tests)).is_empty());
        assert!(
            ambient_state_stays_outside(&source("crates/http/src/a.rs", "// not Utc::now()\n")).is_empty()
        );
        let silenced = "#[expect(clippy::disallowed_methods, reason = \"…\")]\n";
        assert_eq!(ambient_state_stays_outside(&source("crates/http/src/a.rs", silenced)).len(), 1);
    }

    #[test]
    fn a_module_of_tests_in_a_file_of_its_own_is_known() {
        let clock = text("crates/http/src/routes/checks.rs", "Utc::now();\n");
        let below = text("crates/http/src/routes/checks/more.rs", "Utc::now();\n");
        let parent = |body| text("crates/http/src/routes.rs", body);
        let with = |parent| Workspace {
            sources: vec![parent, clock.clone(), below.clone()],
            ..Workspace::default()
        };
        assert!(ambient_state_stays_outside(&with(parent("#[cfg(test)]\nmod checks;\n"))).is_empty());
        assert_eq!(ambient_state_stays_outside(&with(parent("mod checks;\n"))).len(), 2);
    }

    #[test]
    fn a_ban_that_went_away_is_seen() {
        assert_eq!(clippy_bans_the_clocks(&Workspace::default()).len(), 5);
    }

    #[test]
    fn a_token_that_serialises_is_seen() {
        let derived = "/// A token.\n#[derive(Clone, Serialize)]\npub struct ResetToken([u8; 32]);\n";
        assert_eq!(secrets_stay_opaque(&source("crates/domain/src/token.rs", derived)).len(), 1);
        let by_hand = "impl Serialize for ResetToken {\n";
        assert_eq!(secrets_stay_opaque(&source("crates/store-sqlite/src/a.rs", by_hand)).len(), 1);
        let shown = "#[derive(Clone, Debug)]\npub struct Password {\n";
        assert_eq!(secrets_stay_opaque(&source("crates/domain/src/password.rs", shown)).len(), 1);
        let fine = "#[derive(Debug, Serialize)]\npub struct Other;\n\n#[derive(Clone)]\npub struct ResetToken([u8; 32]);\n";
        assert!(secrets_stay_opaque(&source("crates/domain/src/token.rs", fine)).is_empty());
    }

    #[test]
    fn long_files_are_counted_without_their_tests() {
        let body = "fn f() {}\n".repeat(450);
        let tests = format!("{body}#[cfg(test)]\nmod tests {{\n{body}}}\n");
        let workspace = source("crates/http/src/a.rs", &tests);
        assert!(files_stay_small(&workspace).is_empty());
        assert_eq!(long_files(&workspace).len(), 1);
        let workspace = source("crates/http/src/a.rs", &body.repeat(2));
        assert_eq!((files_stay_small(&workspace).len(), long_files(&workspace).len()), (1, 0));
    }

    #[test]
    fn a_path_of_a_machine_is_seen() {
        let mut workspace = source("crates/http/src/a.rs", concat!("\"/ho", "me/me/x\"\n"));
        workspace.documents.push(text("docs/a.md", "fine\n"));
        assert_eq!(no_foreign_paths(&workspace).len(), 1);
    }
}
