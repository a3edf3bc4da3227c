//! Documents that must keep up with the code.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use super::workspace_rules::Workspace;
use crate::workspace;

const ARCHITECTURE: &str = "docs/architecture.md";
const ERROR_PAGES: &str = "docs/errors/";
const SPECIFICATION: &str = "docs/specification.md";
/// What code writes before the anchor of a rule.
const SPECIFICATION_ANCHOR: &str = concat!("specification.md", "#");

/// Every folder of `crates/` is named in `docs/architecture.md`.
pub(super) fn crates_are_drawn(workspace: &Workspace) -> Vec<String> {
    let Some(drawing) = workspace.document(ARCHITECTURE) else {
        return vec![format!("{ARCHITECTURE} is missing")];
    };
    // Two siblings may share a cell: `mail-smtp` · `mail-capture`.
    let words: BTreeSet<&str> = drawing.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).collect();
    workspace
        .packages
        .iter()
        .filter_map(|package| package.folder.strip_prefix("crates/"))
        .filter(|name| !words.contains(name))
        .map(|name| format!("{ARCHITECTURE} does not name crates/{name}"))
        .collect()
}

/// Every code of the API's `ErrorCode` has its page `docs/errors/CODE.md`, and no page has lost
/// its code.
pub(super) fn codes_have_pages(workspace: &Workspace) -> Vec<String> {
    let codes: BTreeSet<&str> = workspace
        .sources
        .iter()
        .filter(|source| {
            source.path.starts_with("crates/http/src/schema/") && source.text.contains("ErrorCode")
        })
        .flat_map(|source| source.text.split('"').filter(|word| is_code(word)))
        .collect();
    if codes.is_empty() {
        return vec!["crates/http/src/schema defines no ErrorCode; this check looks at nothing".to_owned()];
    }
    let pages: BTreeSet<&str> = workspace
        .documents
        .iter()
        .filter_map(|document| document.path.strip_prefix(ERROR_PAGES)?.strip_suffix(".md"))
        .filter(|name| is_code(name))
        .collect();
    let unwritten = codes.difference(&pages).map(|code| format!("{ERROR_PAGES}{code}.md is missing"));
    let lost =
        pages.difference(&codes).map(|page| format!("{ERROR_PAGES}{page}.md explains no code there is"));
    unwritten.chain(lost).collect()
}

/// Codes of specification.md#errors: words in capitals, at least two.
fn is_code(word: &str) -> bool {
    ["PUBLIC_", "PERMISSION_", "INTERNAL_"].iter().any(|prefix| word.starts_with(prefix))
        && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        && !word.ends_with('_')
}

/// Every relative link of a document leads to a file of the repository.
pub(super) fn links_lead_somewhere(workspace: &Workspace) -> Vec<String> {
    let mut violations = Vec::new();
    for document in workspace.documents.iter().filter(|document| document.path.ends_with(".md")) {
        for target in links(&document.text) {
            let folder = Path::new(&document.path).parent().unwrap_or(Path::new(""));
            let path = plain(&folder.join(target));
            if !workspace::root().join(&path).exists() {
                violations.push(format!("{} links to {target}, which is not there", document.path));
            }
        }
    }
    violations
}

/// Every `specification.md#anchor` in code and every anchor in a document's link names a heading.
pub(super) fn anchors_lead_to_headings(workspace: &Workspace) -> Vec<String> {
    let mut violations = Vec::new();
    let mut expect = |from: &str, document: &str, anchor: &str| {
        let headings = workspace.document(document).map(headings).unwrap_or_default();
        if !headings.contains(anchor) {
            violations.push(format!("{from} names {document}#{anchor}, and there is no such heading"));
        }
    };
    // This folder's own tests write of headings that are not there.
    for source in workspace.sources.iter().filter(|source| !source.path.starts_with("xtask/src/check/")) {
        for rest in source.text.split(SPECIFICATION_ANCHOR).skip(1) {
            let anchor =
                rest.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).next().unwrap_or_default();
            if !anchor.is_empty() {
                expect(&source.path, SPECIFICATION, anchor);
            }
        }
    }
    for document in workspace.documents.iter().filter(|document| document.path.ends_with(".md")) {
        for target in targets(&document.text) {
            let Some((file, anchor)) = target.split_once('#') else { continue };
            if file.is_empty() {
                expect(&document.path, &document.path, anchor);
            } else if file.ends_with(".md") {
                let folder = Path::new(&document.path).parent().unwrap_or(Path::new(""));
                expect(&document.path, &plain(&folder.join(file)).display().to_string(), anchor);
            }
        }
    }
    violations
}

/// The anchors of a document's headings, made as GitHub makes them: lower case, punctuation
/// dropped, spaces as hyphens.
fn headings(text: &str) -> BTreeSet<String> {
    let titles = text
        .lines()
        .filter_map(|line| line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#')));
    titles
        .map(|title| {
            let kept = title.trim().to_lowercase();
            kept.chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' '))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect()
        })
        .collect()
}

/// The relative targets of a document's links, anchors cut off.
fn links(text: &str) -> Vec<&str> {
    targets(text)
        .into_iter()
        .map(|target| target.split('#').next().unwrap_or_default())
        .filter(|target| !target.is_empty())
        .collect()
}

/// The targets of a document's links inside the repository, code left out.
fn targets(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut in_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code || line.starts_with("    ") {
            continue;
        }
        // Every second piece between back-ticks is code.
        for prose in line.split('`').step_by(2) {
            for rest in prose.split("](").skip(1) {
                let target = rest.split([')', ' ']).next().unwrap_or_default();
                let is_foreign =
                    target.contains("://") || target.starts_with("mailto:") || target.starts_with('/');
                if !target.is_empty() && !is_foreign {
                    found.push(target);
                }
            }
        }
    }
    found
}

/// The path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::super::workspace_rules::made_up::{package, source, text, workspace};
    use super::*;

    #[test]
    fn a_crate_that_is_not_drawn_is_seen() {
        let mut made_up = workspace(vec![
            package("resetd-mail-smtp", &[]),
            package("resetd-http", &[]),
            package("xtask", &[]),
        ]);
        assert_eq!(crates_are_drawn(&made_up).len(), 1);
        made_up.documents.push(text("docs/architecture.md", "| `crates/mail-smtp` · `http-like` |"));
        assert_eq!(crates_are_drawn(&made_up), ["docs/architecture.md does not name crates/http"]);
    }

    #[test]
    fn codes_and_pages_match() {
        let mut made_up = source(
            "crates/http/src/schema/error_code.rs",
            "pub enum ErrorCode { A }\nSelf::A => \"INTERNAL_ERROR\",",
        );
        assert_eq!(codes_have_pages(&made_up), ["docs/errors/INTERNAL_ERROR.md is missing"]);
        made_up.documents.push(text("docs/errors/INTERNAL_ERROR.md", ""));
        made_up.documents.push(text("docs/errors/README.md", ""));
        assert!(codes_have_pages(&made_up).is_empty());
        made_up.documents.push(text("docs/errors/PUBLIC_GONE.md", ""));
        assert_eq!(codes_have_pages(&made_up), ["docs/errors/PUBLIC_GONE.md explains no code there is"]);
        assert_eq!(codes_have_pages(&Workspace::default()).len(), 1);
    }

    #[test]
    fn links_are_read_from_prose_only() {
        let page = "[a](b.md#c) [x](https://x.example) `[no](code.md)`\n```\n[no](block.md)\n```\n![p](../p.png \"t\") [h](#here)";
        assert_eq!(links(page), ["b.md", "../p.png"]);
        assert_eq!(plain(Path::new("docs/./a/../b.md")), Path::new("docs/b.md"));
    }

    #[test]
    fn a_link_to_nothing_is_seen() {
        let mut made_up = Workspace::default();
        made_up.documents.push(text("xtask/a.md", "[fine](../Cargo.toml) [broken](nothing.md)"));
        assert_eq!(links_lead_somewhere(&made_up), ["xtask/a.md links to nothing.md, which is not there"]);
    }

    #[test]
    fn a_reference_to_no_heading_is_seen() {
        let mut made_up = source("crates/a.rs", "// specification.md#api-keys, specification.md#gone");
        made_up.documents.push(text(SPECIFICATION, "# Specification\n\n## API keys\n"));
        made_up
            .documents
            .push(text("docs/a.md", "[x](specification.md#api-keys) [y](#here) [z](b.md#c)\n## Here\n"));
        made_up.documents.push(text("docs/b.md", "# It's B, `c`\n"));
        assert_eq!(
            anchors_lead_to_headings(&made_up),
            [
                "crates/a.rs names docs/specification.md#gone, and there is no such heading",
                "docs/a.md names docs/b.md#c, and there is no such heading",
            ]
        );
        assert!(headings("# It's B, `c`\n").contains("its-b-c"));
    }
}
