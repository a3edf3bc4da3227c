//! Words that `docs/glossary.md` has replaced.

use super::workspace_rules::{Text, Workspace};

/// Words of the old dialect, each with what is said instead. Names in code count: they are looked
/// at part by part (`heard_at` is `heard` and `at`).
const OLD: &[(&str, &str)] = &[
    ("disown", "cancel"),
    ("disowned", "cancelled"),
    ("fault", "error"),
    ("faults", "errors"),
    ("hangup", "reload"),
    ("hangups", "reloads"),
    ("heard", "was notified, received"),
    ("house", "workspace"),
    ("moment", "timestamp, time"),
    ("moments", "timestamps, times"),
    ("news", "notification"),
    ("tell", "notify, acknowledge, report, say"),
    ("telling", "notifying, reporting"),
    ("tells", "notifies, acknowledges, reports, says"),
    ("told", "notified, acknowledged, reported, said"),
    ("trouble", "error"),
    ("whoever", "a noun"),
    ("whomever", "a noun"),
];

/// Phrases of the old dialect.
const OLD_PHRASES: &[(&str, &str)] = &[
    ("stand back", "throttle, lower priority"),
    ("stands back", "throttles, has a lower priority"),
    ("in a rush", "under high load"),
    ("a error", "an error"),
];

/// Where a word may stay, by the beginning of the path.
const ALLOWED: &[(&str, &str)] = &[
    // The list of old words, and a release in which they were said.
    ("xtask/src/check/vocabulary.rs", "*"),
    ("CHANGELOG.md", "*"),
    // RFC 9110 and the exchange of nonsense with a server speak of a fault.
    ("docs/decisions/", "fault"),
    // The name of a template variable, and of events in stored rows: both are an interface.
    ("crates/mail-template/", "disown"),
    ("crates/store-", "disown"),
    ("crates/store-", "disowned"),
    ("crates/application/src/ports/audit_log.rs", "disowned"),
    ("crates/testkit/", "disowned"),
    // To close a connection.
    ("crates/testkit/src/net/", "hangup"),
    ("crates/directory-http/tests/", "hangup"),
    ("crates/testkit/src/fake/interrupted.rs", "disown"),
    // The class of an element, and an address in an example.
    ("crates/http/", "news"),
    ("bindings/", "news"),
    // Being rewritten with the code they describe.
    ("crates/application/", "*"),
    ("crates/domain/", "*"),
    ("crates/geo-vikitron/", "*"),
    ("crates/http/", "*"),
    ("crates/http-client/", "*"),
    ("crates/server/", "*"),
    ("crates/store-postgres/", "*"),
    ("crates/store-sqlite/", "*"),
    ("crates/webhook-http/", "*"),
    ("docs/errors/", "*"),
];

/// No source and no document uses a word that the glossary has replaced.
pub(super) fn old_words_are_gone(workspace: &Workspace) -> Vec<String> {
    let documents = workspace.documents.iter().filter(|document| document.path.ends_with(".md"));
    workspace.sources.iter().chain(documents).flat_map(in_text).collect()
}

fn in_text(text: &Text) -> Vec<String> {
    let may_say = |word: &str| {
        ALLOWED
            .iter()
            .any(|(path, allowed)| text.path.starts_with(path) && (*allowed == word || *allowed == "*"))
    };
    let mut violations = Vec::new();
    for (at, line) in text.text.lines().enumerate() {
        let line = line.to_lowercase();
        let mut found = |old: &str, instead: &str| {
            if !may_say(old) {
                violations.push(format!("{}:{} says {old:?}; say {instead}", text.path, at + 1));
            }
        };
        let words: Vec<&str> =
            line.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
        for (index, word) in words.iter().enumerate() {
            // To tell things apart, and a thing from another, is plain English.
            let next = words.get(index + 1..).unwrap_or_default();
            let apart = next.iter().take(6).any(|word| matches!(*word, "apart" | "from"));
            if let Some((old, instead)) = OLD.iter().find(|(old, _)| old == word)
                && !(apart && old.starts_with("t"))
            {
                found(old, instead);
            }
        }
        for (old, instead) in OLD_PHRASES {
            let begins_a_word = |at: usize| {
                !line
                    .get(..at)
                    .and_then(|before| before.chars().next_back())
                    .is_some_and(char::is_alphanumeric)
            };
            if line.find(old).is_some_and(begins_a_word) {
                found(old, instead);
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
    fn an_old_word_is_seen_in_prose_and_in_names() {
        let told = source("crates/testkit/src/a.rs", "/// Whoever is told.\nlet heard_at = 1;\n");
        assert_eq!(
            old_words_are_gone(&told),
            [
                "crates/testkit/src/a.rs:1 says \"whoever\"; say a noun",
                "crates/testkit/src/a.rs:1 says \"told\"; say notified, acknowledged, reported, said",
                "crates/testkit/src/a.rs:2 says \"heard\"; say was notified, received",
            ]
        );
        let mut document = source("crates/testkit/src/a.rs", "/// Reads a error.\n");
        document.documents.push(text("docs/a.md", "The worker stands back.\n"));
        assert_eq!(old_words_are_gone(&document).len(), 2);
    }

    #[test]
    fn plain_english_and_allowed_words_are_not() {
        let body = "/// Tells good links apart from dead ones; the default; household; see a(error).\n";
        assert!(old_words_are_gone(&source("crates/testkit/src/a.rs", body)).is_empty());
        let stored = source("crates/store-sqlite/src/a.rs", "const EVENT: &str = \"disowned\";\n");
        assert!(old_words_are_gone(&stored).is_empty());
    }
}
