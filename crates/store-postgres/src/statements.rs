//! The checked queries: every statement of this crate is prepared against the migrated schema.

use std::collections::HashSet;
use std::path::Path;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, SqlSafeStr};

use crate::{
    PoolSettings, PostgresDatabase, api_key_registry, audit_log, clock, customer_directory, database, import,
    installation, mail_queue, migrate, notify, organisation_registry, partitions, sandbox, template_store,
    token_store, webhooks,
};

pub(crate) fn all() -> Vec<(&'static str, &'static str)> {
    let mut all = vec![
        ("SESSION", database::SESSION),
        ("PING", database::PING),
        ("SERVER_TIME", clock::SERVER_TIME),
        ("KEEP", installation::KEEP),
        ("GET", installation::GET),
        ("MOVING", import::MOVING),
        ("ALONE", import::ALONE),
        ("NOTE_PROGRESS", import::NOTE_PROGRESS),
        ("FORGET_PROGRESS", import::FORGET_PROGRESS),
        ("SET_HEAD", import::SET_HEAD),
        ("SET_HISTORY", import::SET_HISTORY),
        ("LOCK", migrate::LOCK),
        ("TABLE", migrate::TABLE),
        ("APPLIED", migrate::APPLIED),
        ("REMEMBER", migrate::REMEMBER),
        ("VERSION", migrate::VERSION),
        ("ANNOUNCE", notify::ANNOUNCE),
        ("OWN_BACKEND", notify::OWN_BACKEND),
        ("CREATE", organisation_registry::CREATE),
        ("UPDATE", organisation_registry::UPDATE),
        ("FIND", organisation_registry::FIND),
        ("LIST", organisation_registry::LIST),
        ("FIND", api_key_registry::FIND),
        ("CREATE", api_key_registry::CREATE),
        ("LIST", api_key_registry::LIST),
        ("REVOKE", api_key_registry::REVOKE),
        ("TEMPLATES", template_store::TEMPLATES),
        ("LAYOUTS", template_store::LAYOUTS),
        ("SAVE_TEMPLATE", template_store::SAVE_TEMPLATE),
        ("SAVE_LAYOUT", template_store::SAVE_LAYOUT),
        ("REMOVE", template_store::REMOVE),
        ("HEAD", audit_log::HEAD),
        ("APPEND", audit_log::APPEND),
        ("ADVANCE", audit_log::ADVANCE),
        ("END", audit_log::END),
        ("SEAL_FIRST", audit_log::SEAL_FIRST),
        ("SEAL", audit_log::SEAL),
        ("UNKEYED", audit_log::UNKEYED),
        ("READ", audit_log::READ),
        ("TURN", partitions::TURN),
        ("HURRY", partitions::HURRY),
        ("DAYS", partitions::DAYS),
        ("IN_DEFAULT", partitions::IN_DEFAULT),
        ("IN_QUEUE", partitions::IN_QUEUE),
        ("ROWS", partitions::ROWS),
        ("AUDIT_HEAD", partitions::AUDIT_HEAD),
        ("AUDIT_PARTS", partitions::AUDIT_PARTS),
    ];
    all.extend(customer_directory::STATEMENTS);
    all.extend(token_store::STATEMENTS);
    all.extend(sandbox::STATEMENTS);
    all.extend(webhooks::STATEMENTS);
    all.extend(mail_queue::statements());
    all
}

/// The constants of the sources that hold a statement, with the file each is in.
fn constants(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            constants(&path, found);
            continue;
        }
        if path.ends_with("plans.rs") {
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        for rest in source.split("const ").skip(1) {
            let Some((name, value)) = rest.split_once(": &str =") else { continue };
            let value = value.trim_start().trim_start_matches("concat!(").trim_start();
            let verbs =
                ["\"SELECT", "\"INSERT", "\"UPDATE", "\"DELETE", "\"WITH", "\"CREATE", "waiting!", "ended!"];
            if verbs.iter().any(|verb| value.starts_with(verb)) {
                found.push((path.display().to_string(), name.to_owned()));
            }
        }
    }
}

#[test]
fn no_statement_is_missing_from_the_list() {
    let mut found = Vec::new();
    constants(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.len() > 60, "the sources hold {} statements", found.len());
    let listed = all();
    for (file, name) in &found {
        assert!(listed.iter().any(|(known, _)| known == name), "{name} of {file} is not in the list");
    }
    // Names may be shared, statements may not: as many different ones are listed as there are
    // constants, and the lists of mails.
    let different: HashSet<_> = listed.iter().map(|(_, sql)| sql).collect();
    let lists = listed.iter().filter(|(name, _)| *name == "NEWEST").count();
    assert_eq!(different.len() - lists, found.len());
}

/// A database of a test's own.
pub(crate) struct Scratch {
    server: String,
    name: String,
    pub(crate) url: String,
}

/// Makes one.
pub(crate) async fn scratch(test: &str) -> Scratch {
    let server = testkit::service("RESETD_TEST_POSTGRES_URL");
    let name = format!("resetd_scratch_{}_{}", std::process::id(), test.len());
    let options: PgConnectOptions = server.parse().unwrap();
    let mut admin = PgConnection::connect(&server).await.unwrap();
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    let url = options.database(&name).to_url_lossy().to_string();
    Scratch { server, name, url }
}

impl Scratch {
    pub(crate) async fn remove(self) {
        let mut admin = PgConnection::connect(&self.server).await.unwrap();
        admin.execute(AssertSqlSafe(format!("DROP DATABASE {} WITH (FORCE)", self.name))).await.unwrap();
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn every_statement_fits_the_schema() {
    let scratch = scratch("every_statement_fits_the_schema").await;
    let connected =
        PostgresDatabase::connect(&scratch.url, PoolSettings::default(), "statements").await.unwrap();
    connected.migrate().await.unwrap();
    let mut connection = PgConnection::connect(&scratch.url).await.unwrap();
    let mut errors = Vec::new();
    for (name, sql) in all() {
        if let Err(error) = connection.prepare(sql.into_sql_str()).await {
            errors.push(format!("{name}: {error}\n  {sql}"));
        }
    }
    drop(connection);
    connected.close().await;
    scratch.remove().await;
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}
