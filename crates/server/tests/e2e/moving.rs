//! An installation that lived on SQLite and goes on living on PostgreSQL.

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use serde_json::{Value, json};
use xtask::services::postgres::Database;

use crate::http::{Answer, get, post_json};
use crate::process::{Server, resetd, run_ok, run_with, within};

const FIRST: &str = "First-Horse-1";
const SECOND: &str = "Second-Horse-2";

/// A data directory, the key of its organisation, and where it moves to.
struct Installation<'d> {
    directory: &'d Path,
    key: String,
}

impl Installation<'_> {
    fn sqlite(&self) -> String {
        format!("sqlite://{}", self.directory.join("resetd.db").display())
    }

    fn command(&self, database: &str, arguments: &[&str]) -> Command {
        let mut command = resetd();
        command.args(arguments).env("RESETD_DATABASE_URL", database);
        command
    }

    fn serve(&self, database: &str, worker: bool) -> Server {
        let mail = format!("capture:{}", self.directory.join("mail").display());
        Server::start(
            self.command(database, &["serve"])
                .env("RESETD_PUBLIC_URL", "http://localhost:8080")
                .env("RESETD_MAIL_URL", mail)
                .env("RESETD_WORKER", worker.to_string())
                .env("RESETD_DATA_DIR", self.directory),
        )
    }

    fn run_move(&self, to: &str) -> Output {
        run_with(self.command(to, &["move", "--from", &self.sqlite()]).env("RESETD_LOG", "info"), b"")
    }

    fn request(&self, server: &Server, email: &str) {
        let target = format!("/api/v1/customer/reset-password?apiKey={}", self.key);
        let answer = post_json(
            server.address,
            &target,
            &json!({ "email": email, "customerRealIp": "1.1.1.1" }).to_string(),
        );
        assert_eq!(answer.body, r#"{"success":true}"#);
    }

    fn set_password(&self, server: &Server, token: &str, password: &str) -> Answer {
        let target = format!("/api/v1/customer/set-new-password?apiKey={}", self.key);
        post_json(server.address, &target, &json!({ "token": token, "password": password }).to_string())
    }

    /// Mails of `to` that were captured so far, as text.
    fn mails(&self, to: &str) -> Vec<String> {
        let mut found = Vec::new();
        texts(&self.directory.join("mail"), &mut found);
        found.retain(|text| text.contains(to));
        found
    }

    /// The token of the only mail to this address.
    fn token(&self, to: &str) -> String {
        within(Duration::from_secs(20), "the mail", || {
            let mails = self.mails(to);
            let link = mails.iter().find_map(|mail| mail.split("/reset/").nth(1))?;
            Some(link.chars().take_while(char::is_ascii_alphanumeric).collect())
        })
    }
}

/// An empty database.
pub(crate) fn target(test: &str) -> Database {
    Database::create(&testkit::service("RESETD_TEST_POSTGRES_URL"), test).unwrap()
}

fn texts(directory: &Path, found: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts(&path, found);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            // Quoted-printable folds long lines.
            found.push(text.replace("=\r\n", "").replace("=\n", ""));
        }
    }
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// An organisation with customers, one of whom has set two passwords, one with an open link, and
/// one whose mail waits.
fn fill(directory: &Path) -> Installation<'_> {
    let mut shop = Installation { directory, key: String::new() };
    let sqlite = shop.sqlite();
    run_ok(&mut shop.command(&sqlite, &["organisation", "create", "Shop"]));
    shop.key = run_ok(&mut shop.command(&sqlite, &["api-key", "create", "--organisation", "Shop"]));
    let file = directory.join("customers.csv");
    let mut csv = "id,email,phone,name,language\n".to_owned();
    for number in 0..50 {
        csv.push_str(&format!(
            "crm-{number},c{number}@example.com,+42077700{number:04},Customer {number},cs\n"
        ));
    }
    std::fs::write(&file, csv).unwrap();
    let file = file.to_str().unwrap();
    run_ok(&mut shop.command(&sqlite, &["customer", "import", file, "--organisation", "Shop"]));

    let server = shop.serve(&sqlite, true);
    shop.request(&server, "c1@example.com");
    let used = shop.token("c1@example.com");
    assert!(shop.set_password(&server, &used, FIRST).body.starts_with(r#"{"success":true,"#));
    get(server.address, &format!("/reset/{used}"));
    shop.request(&server, "c2@example.com");
    get(server.address, &format!("/reset/{}", shop.token("c2@example.com")));
    shop.request(&server, "nobody@example.com");
    server.stop();
    let server = shop.serve(&sqlite, false);
    shop.request(&server, "c3@example.com");
    server.stop();
    assert_eq!(shop.mails("c3@example.com").len(), 0, "nobody delivers");
    shop
}

#[test]
#[ignore = "needs PostgreSQL"]
fn an_installation_moves_to_postgresql_with_everything_it_has() {
    let target = target("move_everything");
    let directory = tempfile::tempdir().unwrap();
    let shop = fill(directory.path());
    let (sqlite, postgres) = (shop.sqlite(), target.url());
    let mails = |database: &str| run_ok(&mut shop.command(database, &["mail", "list", "--json"]));
    let shown = |database: &str| -> Vec<Value> {
        let lines: Vec<Value> =
            mails(database).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        lines
            .iter()
            .map(|mail| {
                Value::String(run_ok(
                    &mut shop.command(database, &["mail", "show", mail["id"].as_str().unwrap()]),
                ))
            })
            .collect()
    };
    let (before, audit) = (shown(&sqlite), run_ok(&mut shop.command(&sqlite, &["audit"])));
    let organisations = run_ok(&mut shop.command(&sqlite, &["organisation", "list"]));

    // While a server has it open, it does not move.
    let serving = shop.serve(&sqlite, false);
    let refused = shop.run_move(&postgres);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("another process"), "{}", stderr(&refused));
    serving.stop();

    let moved = shop.run_move(&postgres);
    assert!(moved.status.success(), "{}{}", stdout(&moved), stderr(&moved));
    let report = stdout(&moved);
    assert!(report.contains("the chain is whole") && !report.contains("DIFFERENT"), "{report}");
    let customers = report.lines().find(|line| line.starts_with("customer ")).unwrap();
    assert_eq!(customers.split_whitespace().collect::<Vec<_>>()[1..4], ["50", "50", "same"]);

    assert_eq!(shown(&postgres), before, "every mail with its timeline");
    assert_eq!(run_ok(&mut shop.command(&postgres, &["audit"])), audit);
    assert_eq!(run_ok(&mut shop.command(&postgres, &["organisation", "list"])), organisations);
    assert_eq!(shown(&sqlite), before, "the source is as it was");

    let again = shop.run_move(&postgres);
    assert_eq!(again.status.code(), Some(2));
    assert!(stderr(&again).contains("not empty"), "{}", stderr(&again));

    let serving = shop.serve(&postgres, true);
    // What was in the queue goes out; the link that was open works; what was used before is
    // remembered.
    shop.token("c3@example.com");
    let open = shop.token("c2@example.com");
    assert_eq!(get(serving.address, &format!("/reset/{open}")).status, 200);
    assert!(shop.set_password(&serving, &open, SECOND).body.starts_with(r#"{"success":true,"#));
    let used = shop.token("c1@example.com");
    assert_eq!(shop.set_password(&serving, &used, SECOND).json()["errorCode"], "E003");
    serving.stop();

    // An import of the same file finds everybody by the platform's identifier, and a known password
    // is one that was used.
    let file = directory.path().join("customers.csv");
    let import = ["customer", "import", file.to_str().unwrap(), "--organisation", "Shop"];
    assert_eq!(
        run_ok(&mut shop.command(&postgres, &import)),
        "0 created, 0 updated, 50 unchanged, 0 skipped, 0 stale, 0 passwords kept"
    );
    assert!(run_ok(&mut shop.command(&postgres, &["audit", "--verify"])).contains("the chain is whole"));
}

#[test]
#[ignore = "needs PostgreSQL"]
fn a_former_password_is_refused_after_the_move() {
    let target = target("move_passwords");
    let directory = tempfile::tempdir().unwrap();
    let shop = fill(directory.path());
    // The address budget of a minute would hold the next mail of this customer back.
    let limits = ["organisation", "update", "Shop", "--mails-per-minute", "5"];
    run_ok(&mut shop.command(&shop.sqlite(), &limits));
    let moved = shop.run_move(&target.url());
    assert!(moved.status.success(), "{}", stderr(&moved));
    for mail in std::fs::read_dir(directory.path().join("mail")).unwrap() {
        let path = mail.unwrap().path();
        if path.is_dir() {
            std::fs::remove_dir_all(path).unwrap()
        } else {
            std::fs::remove_file(path).unwrap()
        }
    }
    let serving = shop.serve(&target.url(), true);
    shop.request(&serving, "c1@example.com");
    let token = shop.token("c1@example.com");
    assert_eq!(shop.set_password(&serving, &token, FIRST).json()["errorCode"], "E002");
    assert!(shop.set_password(&serving, &token, SECOND).body.starts_with(r#"{"success":true,"#));
}
