//! Who may depend on whom, and on what.

use super::workspace_rules::{Kind, Package, Workspace};

/// What the domain links nothing of, in its default features.
const FORBIDDEN_IN_DOMAIN: &[&str] = &[
    "tokio",
    "sqlx",
    "axum",
    "hyper",
    "reqwest",
    "lettre",
    "redis",
    "serde",
    "serde_json",
    "schemars",
    "utoipa",
    "proptest",
    "getrandom",
    "rand",
    "async-trait",
    "regex",
];

/// Who may name a technology outside tests. The developer's tools (`xtask`, `perf`) stand beside
/// the product. The domain has features for backends that use sqlx and utoipa; [`domain_is_pure`] sees
/// to it that none is on by default.
const HOMES: &[(&str, &[&str])] = &[
    ("sqlx", &["resetd-domain", "resetd-store-sqlite", "resetd-store-postgres"]),
    ("lettre", &["resetd-mail-smtp"]),
    ("axum", &["resetd-http", "resetd", "perf"]),
    ("utoipa", &["resetd-domain", "resetd-http", "resetd"]),
    ("redis", &["resetd-limit-redis"]),
    ("hyper-rustls", &["resetd-http-client"]),
    ("maxminddb", &["resetd-geo-local"]),
    ("hickory-resolver", &["resetd-geo-local"]),
    ("minijinja", &["resetd-mail-template", "resetd-http"]),
    ("argon2", &["resetd-system"]),
    ("bcrypt", &["resetd-system"]),
    ("chacha20poly1305", &["resetd-system"]),
    ("getrandom", &["resetd-system"]),
    ("clap", &["resetd", "perf", "xtask"]),
    ("opentelemetry", &["resetd"]),
    ("opentelemetry_sdk", &["resetd"]),
    ("tracing-opentelemetry", &["resetd"]),
];

/// Crates of the workspace that are no adapter: the three floors, and what stands beside them.
const NO_ADAPTERS: &[&str] = &[
    "resetd-domain",
    "resetd-application",
    "resetd-http-client",
    "resetd-testkit",
    "resetd-text-files",
    "resetd",
    "resetd-mmdb-writer",
];

fn is_adapter(name: &str) -> bool {
    name.starts_with("resetd-") && !NO_ADAPTERS.contains(&name)
}

fn is_of_the_workspace(name: &str) -> bool {
    name == "resetd" || name.starts_with("resetd-")
}

/// `domain` links no runtime, database or HTTP, no serde without its feature, and a chrono that
/// cannot ask for the time.
pub(super) fn domain_is_pure(workspace: &Workspace) -> Vec<String> {
    let mut violations = Vec::new();
    for line in &workspace.domain_tree {
        let name = line.split_whitespace().next().unwrap_or_default();
        if FORBIDDEN_IN_DOMAIN.contains(&name) {
            violations.push(format!("resetd-domain links {name}"));
        }
        let features = line.rsplit_once('[').map_or("", |(_, features)| features.trim_end_matches(']'));
        if name == "chrono" && features.split(',').any(|feature| matches!(feature, "clock" | "now")) {
            violations.push("resetd-domain links chrono with a clock".to_owned());
        }
    }
    violations.dedup();
    violations
}

/// Only its own adapter names a technology; tests may use what they like.
pub(super) fn technologies_stay_in_their_adapters(workspace: &Workspace) -> Vec<String> {
    let mut violations = Vec::new();
    for package in &workspace.packages {
        for dependency in package.dependencies.iter().filter(|dependency| dependency.kind != Kind::Dev) {
            let home = HOMES.iter().find(|(technology, _)| *technology == dependency.name);
            if let Some((technology, allowed)) = home
                && !allowed.contains(&package.name.as_str())
            {
                violations.push(format!(
                    "{} names {technology}, which belongs to {}",
                    package.name,
                    allowed.join(", ")
                ));
            }
        }
    }
    violations
}

/// `domain` knows nobody of the workspace, `application` and `http-client` only `domain`, an adapter
/// only those three and `testkit` in its tests, `testkit` no adapter, and nobody but `xtask` the
/// server.
pub(super) fn arrows_point_downward(workspace: &Workspace) -> Vec<String> {
    let mut violations = Vec::new();
    for package in &workspace.packages {
        for dependency in
            package.dependencies.iter().filter(|dependency| is_of_the_workspace(&dependency.name))
        {
            let (from, to, kind) = (package.name.as_str(), dependency.name.as_str(), dependency.kind);
            let itself = from == to;
            let allowed = match from {
                "resetd" | "perf" | "xtask" => true,
                "resetd-domain" | "resetd-mmdb-writer" => false,
                "resetd-application" | "resetd-http-client" => {
                    to == "resetd-domain" || (to == "resetd-testkit" && kind == Kind::Dev)
                }
                "resetd-testkit" => matches!(to, "resetd-domain" | "resetd-application"),
                _ => {
                    matches!(to, "resetd-domain" | "resetd-application" | "resetd-http-client")
                        || (kind == Kind::Dev && matches!(to, "resetd-testkit" | "resetd-mmdb-writer"))
                        || (kind == Kind::Build && to == "resetd-text-files")
                }
            };
            if !allowed && !itself {
                let what =
                    if is_adapter(from) && is_adapter(to) { "a sibling" } else { "above or beside it" };
                violations.push(format!("{from} depends on {to}, {what}"));
            }
        }
    }
    violations
}

/// Every package takes the workspace's lints, and with them `unsafe_code = "forbid"`.
pub(super) fn lints_are_shared(workspace: &Workspace) -> Vec<String> {
    let missing = |package: &&Package| !package.manifest.contains("[lints]\nworkspace = true");
    let mut violations: Vec<String> = workspace
        .packages
        .iter()
        .filter(missing)
        .map(|package| format!("{}/Cargo.toml lacks `[lints] workspace = true`", package.folder))
        .collect();
    if workspace.document("Cargo.toml").is_some_and(|root| !root.contains("unsafe_code = \"forbid\"")) {
        violations.push("Cargo.toml no longer forbids unsafe code".to_owned());
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::super::workspace_rules::made_up::{package, text, workspace};
    use super::*;

    #[test]
    fn a_runtime_in_the_domain_is_seen_however_deep() {
        let mut made_up = Workspace {
            domain_tree: vec!["idna v1.1.0 []".into(), "chrono v0.4 [alloc]".into()],
            ..Workspace::default()
        };
        assert!(domain_is_pure(&made_up).is_empty());
        made_up.domain_tree.push("tokio v1.0 [rt]".into());
        made_up.domain_tree.push("chrono v0.4 [alloc,clock]".into());
        assert_eq!(domain_is_pure(&made_up).len(), 2);
    }

    #[test]
    fn sqlx_belongs_to_the_stores() {
        let fine = workspace(vec![
            package("resetd-store-sqlite", &["sqlx"]),
            package("resetd-http", &["axum", "dev:sqlx"]),
            package("resetd", &["axum"]),
        ]);
        assert!(technologies_stay_in_their_adapters(&fine).is_empty());
        let broken =
            workspace(vec![package("resetd", &["sqlx"]), package("resetd-mail-template", &["lettre"])]);
        let violations = technologies_stay_in_their_adapters(&broken);
        assert_eq!(violations.len(), 2, "{violations:?}");
        assert!(violations[0].contains("resetd names sqlx"), "{violations:?}");
    }

    #[test]
    fn siblings_never_know_each_other() {
        let fine = workspace(vec![
            package("resetd-application", &["resetd-domain", "serde"]),
            package("resetd-http", &["resetd-application", "resetd-domain", "dev:resetd-testkit"]),
            package("resetd-webhook-http", &["resetd-application", "resetd-http-client"]),
            package("resetd-testkit", &["resetd-application"]),
            package("resetd", &["resetd-http", "resetd-store-sqlite"]),
        ]);
        assert!(arrows_point_downward(&fine).is_empty());
        for (from, to) in [
            ("resetd-mail-smtp", "resetd-mail-capture"),
            ("resetd-http", "dev:resetd-store-sqlite"),
            ("resetd-testkit", "resetd-limit-memory"),
            ("resetd-application", "resetd-system"),
            ("resetd-application", "resetd-http-client"),
            ("resetd-http-client", "resetd-application"),
            ("resetd-domain", "resetd-application"),
            ("resetd-http", "resetd"),
            ("resetd-http", "resetd-testkit"),
        ] {
            assert_eq!(
                arrows_point_downward(&workspace(vec![package(from, &[to])])).len(),
                1,
                "{from} -> {to}"
            );
        }
    }

    #[test]
    fn a_crate_without_the_lints_is_seen() {
        let mut made_up = workspace(vec![package("resetd-http", &[])]);
        assert!(lints_are_shared(&made_up).is_empty());
        made_up.packages[0].manifest = "[package]\n".to_owned();
        made_up.documents.push(text("Cargo.toml", "[workspace.lints.rust]\n"));
        assert_eq!(lints_are_shared(&made_up).len(), 2);
    }
}
