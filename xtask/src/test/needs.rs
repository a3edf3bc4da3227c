//! Which tests need what: read from the `#[ignore = "needs …"]` in the sources.

use std::collections::BTreeSet;
use std::path::Path;

use crate::services::Need;
use crate::{Result, workspace};

/// A test marked `#[ignore = "needs …"]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NeedyTest {
    pub(crate) package: String,
    /// The function's name.
    pub(crate) name: String,
    pub(crate) needs: Vec<Need>,
}

/// All of the workspace, ordered by package.
///
/// # Errors
/// When a source cannot be read, or an `#[ignore]` says nothing that the runner understands.
pub(crate) fn all() -> Result<Vec<NeedyTest>> {
    let root = workspace::root();
    let mut packages = vec![("xtask".to_owned(), root.join("xtask")), ("perf".to_owned(), root.join("perf"))];
    for entry in std::fs::read_dir(root.join("crates"))? {
        let folder = entry?.path();
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        packages
            .push((if name == "server" { "resetd".to_owned() } else { format!("resetd-{name}") }, folder));
    }
    packages.sort();
    let mut tests = Vec::new();
    for (package, folder) in packages {
        for part in ["src", "tests"] {
            walk(&package, &folder.join(part), &mut tests)?;
        }
    }
    Ok(tests)
}

fn walk(package: &str, folder: &Path, tests: &mut Vec<NeedyTest>) -> Result {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            walk(package, &path, tests)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let found = of_source(package, &std::fs::read_to_string(&path)?);
            tests.extend(found.map_err(|error| format!("{}: {error}", path.display()))?);
        }
    }
    Ok(())
}

/// Those of one source file.
///
/// # Errors
/// When an `#[ignore]` has no reason, or one that names no [`Need`].
pub(crate) fn of_source(package: &str, text: &str) -> Result<Vec<NeedyTest>> {
    let mut tests = Vec::new();
    let mut needs: Option<Vec<Need>> = None;
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(attribute) = line.strip_prefix("#[ignore") {
            needs = Some(read_reason(attribute).map_err(|error| format!("line {}: {error}", at + 1))?);
        } else if let Some(name) = function(line)
            && let Some(needs) = needs.take()
        {
            let names = if name.starts_with('$') { macro_names(text, at) } else { vec![name.to_owned()] };
            tests.extend(names.into_iter().map(|name| NeedyTest {
                package: package.to_owned(),
                name,
                needs: needs.clone(),
            }));
        }
    }
    Ok(tests)
}

/// The needs in the rest of `#[ignore = "needs A, B"]`.
fn read_reason(attribute: &str) -> Result<Vec<Need>> {
    let reason = attribute.split('"').nth(1).and_then(|reason| reason.strip_prefix("needs "));
    let Some(reason) = reason else { return Err("an #[ignore] without \"needs …\"".into()) };
    reason
        .split(", ")
        .map(|name| Need::from_name(name).ok_or_else(|| format!("nothing is called {name:?}").into()))
        .collect()
}

/// The name in the line that begins a function; `$name` in a macro.
fn function(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("async fn ").or_else(|| line.strip_prefix("fn "))?;
    rest.split(['(', '<']).next()
}

/// The tests that a macro makes, whose definition holds line `at` of `text`: the plain words in its
/// uses, `name!(first, second)`.
fn macro_names(text: &str, at: usize) -> Vec<String> {
    let before: Vec<&str> = text.lines().take(at).collect();
    let name = before.iter().rev().find_map(|line| line.trim().strip_prefix("macro_rules! "));
    let Some(name) = name.and_then(|name| name.split_whitespace().next()) else { return Vec::new() };
    let uses = format!("{name}!(");
    let is_name = |word: &&str| {
        word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit())
    };
    let words: BTreeSet<&str> = text
        .split(&uses)
        .skip(1)
        .flat_map(|rest| rest.split(')').next().unwrap_or_default().split(','))
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .filter(is_name)
        .collect();
    words.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(text: &str) -> Vec<(String, Vec<Need>)> {
        let tests = of_source("p", text).unwrap();
        tests.into_iter().map(|test| (test.name, test.needs)).collect()
    }

    #[test]
    fn a_need_belongs_to_the_next_function() {
        let text =
            "#[test]\n#[ignore = \"needs Redis, PostgreSQL's programs\"]\nfn a() {}\n#[test]\nfn b() {}\n";
        assert_eq!(summary(text), [("a".to_owned(), vec![Need::Redis, Need::PostgresPrograms])]);
    }

    #[test]
    fn a_macro_names_its_tests_where_it_is_used() {
        let text = "macro_rules! suites {\n ($($port:ident),+) => { $(\n #[ignore = \"needs PostgreSQL\"]\n \
                    async fn $port() {}\n )+ };\n}\nsuites!(\n  mail_queue,\n  audit_log\n);\n";
        let names: Vec<String> = summary(text).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["audit_log", "mail_queue"]);
    }

    #[test]
    fn a_reason_that_the_runner_does_not_know_is_an_error() {
        assert!(of_source("p", "#[ignore]\nfn a() {}\n").is_err());
        assert!(of_source("p", "#[ignore = \"slow\"]\nfn a() {}\n").is_err());
        assert!(of_source("p", "#[ignore = \"needs a computer\"]\nfn a() {}\n").is_err());
    }

    #[test]
    fn this_workspace_says_what_its_tests_need() {
        let tests = all().unwrap();
        let postgres = tests.iter().filter(|test| test.package == "resetd-store-postgres");
        assert!(postgres.clone().count() > 30, "{tests:?}");
        assert!(postgres.clone().any(|test| test.name == "mail_queue"), "{tests:?}");
    }
}
