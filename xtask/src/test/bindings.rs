//! The domain crate in other languages: `bindings/*`, each built, linted and tested with its
//! language's own tools. What is not there, or cannot be downloaded, is listed as not run.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Outcome;
use crate::output::step;
use crate::process::{capture, find_program};
use crate::{Result, workspace};

/// What is installed from PyPI, into an environment of its own.
const PYTHON_PACKAGES: [&str; 3] = ["maturin>=1.16,<2", "mypy>=2,<3", "pydantic>=2,<3"];

/// What is installed from the npm registry, into a folder of its own.
const TYPESCRIPT: &str = "typescript@~5.9";

/// The number of tests that passed in what a test runner printed.
type Count = fn(&str) -> usize;

/// Builds and tests all of them.
pub(super) fn run(outcome: &mut Outcome) {
    python(outcome);
    node(outcome);
    c(outcome);
}

fn python(outcome: &mut Outcome) {
    const NAME: &str = "bindings/python";
    step(NAME);
    let environment = match python_environment() {
        Ok(environment) => environment,
        Err(error) => return skip(outcome, NAME, &error.to_string()),
    };
    let program = |name: &str| Command::new(environment.join("bin").join(name));
    let interpreter = environment.join("bin").join("python");
    lint(outcome, NAME, &[("PYO3_PYTHON", &interpreter)]);
    let wheels = workspace::target().join("xtask").join("wheels");
    // One wheel, the one that is built now.
    std::fs::remove_dir_all(&wheels).ok();
    let mut build = program("maturin");
    build.args(["build", "--quiet", "--interpreter"]).arg(&interpreter);
    build.arg("--target-dir").arg(workspace::target()).arg("--out").arg(&wheels);
    let mut install = program("pip");
    install.args(["install", "--quiet", "--force-reinstall", "--no-deps", "--no-index", "--find-links"]);
    install.arg(&wheels).arg("resetd-domain");
    let built = test(outcome, "bindings/python: the wheel", NAME, &mut build, |_| 1)
        && test(outcome, "bindings/python: its installation", NAME, &mut install, |_| 1);
    if !built {
        return;
    }
    let mut unittest = program("python");
    unittest.args(["-m", "unittest", "discover", "--start-directory", "tests"]);
    test(outcome, "bindings/python: its tests", NAME, &mut unittest, |output| number_after(output, "Ran "));
    let mut stubtest = program("python");
    stubtest.args(["-m", "mypy.stubtest", "resetd_domain", "--ignore-missing-stub"]);
    test(outcome, "bindings/python: its stubs", NAME, &mut stubtest, |_| 1);
    let mut mypy = program("mypy");
    mypy.args(["--strict", "--cache-dir"]).arg(workspace::target().join("xtask").join("mypy")).arg("tests");
    test(outcome, "bindings/python: its types", NAME, &mut mypy, |_| 1);
}

/// The folder of a virtual environment that has the packages, made before or now.
fn python_environment() -> Result<PathBuf> {
    let folder = workspace::target().join("xtask").join("python");
    let ready = folder.join("ready");
    let wanted = PYTHON_PACKAGES.join("\n");
    if std::fs::read_to_string(&ready).is_ok_and(|found| found == wanted) {
        return Ok(folder);
    }
    let python = find_program("python3").ok_or("there is no python3")?;
    let old = "import sys; sys.exit(sys.version_info < (3, 10))";
    capture(Command::new(&python).args(["-c", old])).map_err(|_| "python3 is older than 3.10")?;
    capture(Command::new(python).args(["-m", "venv", "--clear"]).arg(&folder))?;
    let pip = folder.join("bin").join("pip");
    capture(Command::new(pip).args(["install", "--quiet"]).args(PYTHON_PACKAGES))?;
    std::fs::write(ready, wanted)?;
    Ok(folder)
}

fn node(outcome: &mut Outcome) {
    const NAME: &str = "bindings/node";
    step(NAME);
    lint(outcome, NAME, &[]);
    let Some(node) = find_program("node") else { return skip(outcome, NAME, "there is no node") };
    let old = "process.exit(process.versions.node.split('.')[0] < 20 ? 1 : 0)";
    if capture(Command::new(&node).args(["--eval", old])).is_err() {
        return skip(outcome, NAME, "node is older than 20");
    }
    let mut build = Command::new(&node);
    build.args(["build.mjs", "--debug"]).env("CARGO_TARGET_DIR", workspace::target());
    if !test(outcome, "bindings/node: the addon", NAME, &mut build, |_| 1) {
        return;
    }
    let mut tests = Command::new(&node);
    tests.args(["--test", "--test-reporter", "tap"]);
    test(outcome, "bindings/node: its tests", NAME, &mut tests, |output| number_after(output, "# pass "));
    match typescript() {
        Ok(compiler) => {
            let mut types = Command::new(&node);
            types.arg(compiler).args(["--project", "types"]);
            test(outcome, "bindings/node: its types", NAME, &mut types, |_| 1);
        }
        Err(error) => skip(outcome, "bindings/node: its types", &error.to_string()),
    }
}

/// TypeScript's compiler, installed before or now.
fn typescript() -> Result<PathBuf> {
    let folder = workspace::target().join("xtask").join("node");
    let compiler = folder.join("node_modules").join("typescript").join("bin").join("tsc");
    if !compiler.is_file() {
        let npm = find_program("npm").ok_or("there is no npm")?;
        std::fs::create_dir_all(&folder)?;
        let words = ["install", "--silent", "--no-save", "--no-package-lock", "--prefix"];
        capture(Command::new(npm).args(words).arg(&folder).arg(TYPESCRIPT))?;
    }
    Ok(compiler)
}

fn c(outcome: &mut Outcome) {
    const NAME: &str = "bindings/c";
    step(NAME);
    lint(outcome, NAME, &[]);
    let cargo = |word: &str| {
        let mut command = workspace::cargo();
        command.arg(word).arg("--target-dir").arg(workspace::target());
        command
    };
    let ok = |output: &str| output.lines().filter(|line| line.ends_with(" ... ok")).count();
    test(outcome, "bindings/c: its tests", NAME, &mut cargo("test"), ok);
    if !test(outcome, "bindings/c: the library", NAME, cargo("build").arg("--quiet"), |_| 1) {
        return;
    }
    let libraries = workspace::target().join("debug");
    let headers = workspace::root().join(NAME).join("include");
    c_example(outcome, &libraries, &headers);
    php_example(outcome, &libraries);
    go_example(outcome, &libraries, &headers);
}

fn c_example(outcome: &mut Outcome, libraries: &Path, headers: &Path) {
    const NAME: &str = "bindings/c/examples/c";
    let Some(compiler) = find_program("cc") else { return skip(outcome, NAME, "there is no cc") };
    let program = workspace::target().join("xtask").join("c-example");
    let mut compile = Command::new(compiler);
    compile.args(["-std=c99", "-Wall", "-Wextra", "-Werror", "-I"]).arg(headers);
    compile.arg("example.c").arg("-L").arg(libraries).arg("-lresetd_rules").arg("-o").arg(&program);
    if test(outcome, "bindings/c/examples/c: it compiles", NAME, &mut compile, |_| 1) {
        let mut example = Command::new(&program);
        example.env("LD_LIBRARY_PATH", libraries).env("DYLD_LIBRARY_PATH", libraries);
        let both = |output: &str| {
            usize::from(output.contains("\"janbarasek@gmail.com\"") && output.contains("\"trailing-dot\""))
        };
        test(outcome, "bindings/c/examples/c: it runs", NAME, &mut example, both);
    }
}

fn php_example(outcome: &mut Outcome, libraries: &Path) {
    const NAME: &str = "bindings/c/examples/php";
    let Some(php) = find_program("php") else { return skip(outcome, NAME, "there is no php") };
    if capture(Command::new(&php).args(["-r", "exit(class_exists('FFI') ? 0 : 1);"])).is_err() {
        return skip(outcome, NAME, "php has no FFI");
    }
    let library = libraries.join(format!("libresetd_rules{}", std::env::consts::DLL_SUFFIX));
    let mut example = Command::new(&php);
    example.arg("example.php").env("RESETD_RULES_LIBRARY", &library);
    let both = |output: &str| usize::from(output == "janbarasek@gmail.com\ntrailing-dot at byte 15");
    test(outcome, "bindings/c/examples/php: the example", NAME, &mut example, both);
    let mut vectors = Command::new(&php);
    vectors.arg("vectors.php").arg(&library);
    test(outcome, "bindings/c/examples/php: the vectors", NAME, &mut vectors, |_| 1);
}

fn go_example(outcome: &mut Outcome, libraries: &Path, headers: &Path) {
    const NAME: &str = "bindings/c/examples/go";
    let Some(go) = find_program("go") else { return skip(outcome, NAME, "there is no go") };
    let mut tests = Command::new(go);
    tests.args(["test", "-v", "./..."]).env("GOCACHE", workspace::target().join("xtask").join("go"));
    // It needs no module but its own.
    tests.env("GOPROXY", "off").env("GOFLAGS", "-mod=mod").env("CGO_ENABLED", "1");
    tests.env("CGO_CFLAGS", format!("-I{}", headers.display()));
    let libraries = libraries.display();
    tests.env("CGO_LDFLAGS", format!("-L{libraries} -Wl,-rpath,{libraries}"));
    let passed = |output: &str| output.lines().filter(|line| line.starts_with("--- PASS: ")).count();
    test(outcome, "bindings/c/examples/go: its tests", NAME, &mut tests, passed);
}

/// What `cargo xtask check` asks of the workspace's own crates.
fn lint(outcome: &mut Outcome, folder: &str, environment: &[(&str, &Path)]) {
    test(outcome, &format!("{folder}: rustfmt"), folder, workspace::cargo().args(["fmt", "--check"]), |_| 1);
    let mut clippy = workspace::cargo();
    clippy.args(["clippy", "--quiet", "--all-targets", "--target-dir"]).arg(workspace::target());
    clippy.args(["--", "--deny", "warnings"]).envs(environment.iter().copied());
    test(outcome, &format!("{folder}: clippy"), folder, &mut clippy, |_| 1);
}

/// Runs one test runner in a folder of the repository. It fails when it says so, and when it ran
/// nothing.
fn test(outcome: &mut Outcome, name: &str, folder: &str, command: &mut Command, count: Count) -> bool {
    command.current_dir(workspace::root().join(folder));
    // `unittest` writes to stderr alone: both are read.
    let failure = match command.output() {
        Err(error) => error.to_string(),
        Ok(output) => {
            let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
            let text = String::from_utf8_lossy(&text);
            match count(text.trim_end()) {
                passed if output.status.success() && passed > 0 => return true,
                _ => format!("{}\n{text}", output.status),
            }
        }
    };
    println!("{name}: {failure}");
    outcome.failed.push(name.to_owned());
    false
}

fn skip(outcome: &mut Outcome, name: &str, reason: &str) {
    outcome.not_run.push(format!("{name}: {}", reason.lines().next().unwrap_or_default()));
}

/// The number after the first `words` at the beginning of a line.
fn number_after(output: &str, words: &str) -> usize {
    let rest = output.lines().find_map(|line| line.strip_prefix(words)).unwrap_or_default();
    rest.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(script: &str) -> Vec<String> {
        let ran = |output: &str| number_after(output, "Ran ");
        let mut outcome = Outcome::default();
        test(&mut outcome, "it", ".", Command::new("sh").args(["-c", script]), ran);
        outcome.failed
    }

    #[test]
    fn numbers_are_read_where_the_runners_print_them() {
        assert_eq!(number_after("....\nRan 26 tests in 0.01s\n\nOK", "Ran "), 26);
        assert_eq!(number_after("# tests 22\n# pass 21\n# fail 1", "# pass "), 21);
        assert_eq!(number_after("nothing", "Ran "), 0);
    }

    #[test]
    fn a_runner_that_fails_or_runs_nothing_has_not_passed() {
        assert!(failed("echo 'Ran 3 tests' >&2").is_empty());
        for script in ["echo 'Ran 3 tests' >&2; exit 1", "echo 'Ran 0 tests'", "exit 0"] {
            assert_eq!(failed(script), ["it"], "{script}");
        }
    }
}
