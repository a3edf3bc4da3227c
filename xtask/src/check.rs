//! `cargo xtask check`: what a reviewer should not have to look for.

mod circles;
mod deny;
mod dependencies;
mod documents;
mod sources;
mod vocabulary;
mod workspace_rules;

use self::workspace_rules::Workspace;
use crate::output::{note, step};
use crate::process::run as run_command;
use crate::{Result, workspace};

/// One rule of the workspace: a sentence, and what breaks it.
struct Invariant {
    sentence: &'static str,
    violations: fn(&Workspace) -> Vec<String>,
}

/// The rules of `docs/architecture.md` that code can check.
const INVARIANTS: &[Invariant] = &[
    Invariant {
        sentence: "domain links no runtime, no database, no HTTP, and serde only behind its feature",
        violations: dependencies::domain_is_pure,
    },
    Invariant {
        sentence: "each technology is named by its own adapter only",
        violations: dependencies::technologies_stay_in_their_adapters,
    },
    Invariant {
        sentence: "arrows point downward: domain knows nobody, application only domain, no adapter another",
        violations: dependencies::arrows_point_downward,
    },
    Invariant {
        sentence: "the modules of a crate form no circles, parents and children left out",
        violations: circles::modules_form_no_circles,
    },
    Invariant {
        sentence: "every crate takes the workspace's lints",
        violations: dependencies::lints_are_shared,
    },
    Invariant {
        sentence: "time, environment and randomness are read in system, server and xtask only",
        violations: sources::ambient_state_stays_outside,
    },
    Invariant {
        sentence: "clippy.toml bans the ambient clocks",
        violations: sources::clippy_bans_the_clocks,
    },
    Invariant {
        sentence: "a plain token, password or webhook secret neither serialises nor derives Debug",
        violations: sources::secrets_stay_opaque,
    },
    Invariant {
        sentence: "a file is about one thing (500 lines at most)",
        violations: sources::files_stay_small,
    },
    Invariant {
        sentence: "nothing names a path of somebody's machine",
        violations: sources::no_foreign_paths,
    },
    Invariant {
        sentence: "every crate has its place in docs/architecture.md",
        violations: documents::crates_are_drawn,
    },
    Invariant {
        sentence: "every error code has a page, and every page a code",
        violations: documents::codes_have_pages,
    },
    Invariant {
        sentence: "no word is used that the glossary has replaced",
        violations: vocabulary::old_words_are_gone,
    },
    Invariant {
        sentence: "links between documents lead somewhere",
        violations: documents::links_lead_somewhere,
    },
    Invariant {
        sentence: "references to a heading of a document name one that is there",
        violations: documents::anchors_lead_to_headings,
    },
];

/// The command line.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Only the invariants and the supply chain, which compile nothing.
    #[arg(long)]
    invariants: bool,
    /// Installs cargo-deny where it is missing.
    #[arg(long, conflicts_with = "invariants")]
    install: bool,
}

/// Runs every check, or with `--invariants` those that compile nothing, and reports all that fail.
///
/// # Errors
/// When one fails.
pub fn run(options: &Options) -> Result {
    let mut failed = if options.invariants { Vec::new() } else { compile() };
    invariants(options.install, &mut failed)?;
    if failed.is_empty() {
        step("all checks passed");
        Ok(())
    } else {
        Err(format!("{} failed: {}", failed.len(), failed.join("; ")).into())
    }
}

/// Format, lints, docs and the package of the domain; the names of those that fail.
fn compile() -> Vec<String> {
    let mut failed = Vec::new();
    let mut outcome = |name: &str, result: Result| {
        if let Err(failure) = result {
            note(format!("FAILED {name}: {failure}"));
            failed.push(name.to_owned());
        }
    };

    step("format: cargo fmt --all --check");
    outcome("format", run_command(workspace::cargo().args(["fmt", "--all", "--check"])));
    step("lints: cargo clippy --workspace --all-targets --all-features -- -D warnings");
    let clippy =
        ["clippy", "--quiet", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"];
    outcome("lints", run_command(workspace::cargo().args(clippy)));
    step("lints of the smallest resetd: --no-default-features");
    let lean = ["clippy", "--quiet", "--package", "resetd", "--no-default-features", "--", "-D", "warnings"];
    outcome("lints of the smallest resetd", run_command(workspace::cargo().args(lean)));
    step("docs: cargo doc --workspace --no-deps, warnings denied");
    let mut doc = workspace::cargo();
    doc.args(["doc", "--quiet", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings");
    outcome("docs", run_command(&mut doc));
    step("package: cargo package -p resetd-domain, as a stranger would download it");
    let package = ["package", "--quiet", "--package", "resetd-domain", "--allow-dirty"];
    outcome("package", run_command(workspace::cargo().args(package)));
    failed
}

/// The architecture and what is written about it; adds what fails.
fn invariants(may_install: bool, failed: &mut Vec<String>) -> Result {
    let workspace_rules = Workspace::read()?;
    for invariant in INVARIANTS {
        step(invariant.sentence);
        let violations = (invariant.violations)(&workspace_rules);
        violations.iter().for_each(note);
        if !violations.is_empty() {
            failed.push(invariant.sentence.to_owned());
        }
    }
    sources::long_files(&workspace_rules).iter().for_each(|file| note(format!("warning: {file}")));
    deny::check(may_install, failed);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_workspace_can_be_read() {
        let workspace_rules = Workspace::read().unwrap();
        assert!(workspace_rules.packages.iter().any(|package| package.name == "resetd-domain"));
        assert!(workspace_rules.sources.iter().any(|source| source.path == "xtask/src/check.rs"));
        assert!(workspace_rules.domain_tree.iter().any(|line| line.starts_with("idna ")));
    }
}
