//! The whole flow in production's own dress, and then everything that was written anywhere searched
//! for secrets: logs at their loudest, traces, metrics, what operators are shown, and every byte of
//! the database.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use perf::sink::{Keep, Sink};
use serde_json::json;
use tempfile::TempDir;
use xtask::services::postgres::{Database, execute};

use crate::collector::Collector;
use crate::http::{get, post_json};
use crate::process::{Server, run_ok, within};
use crate::settings::good;

const ADDRESS: &str = "whole.run@customers.example";
const NOBODY: &str = "nobody.at.all@customers.example";
const PASSWORDS: [&str; 2] = ["First-Horse-71", "Second-Horse-72"];

/// One installation and what watches it.
struct Run {
    directory: TempDir,
    database_url: String,
    sink: Sink,
    collector: Collector,
}

impl Run {
    fn over(database_url: Option<String>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let sqlite = format!("sqlite://{}", directory.path().join("resetd.db").display());
        Self {
            database_url: database_url.unwrap_or(sqlite),
            directory,
            sink: Sink::start(Keep::Links).unwrap(),
            collector: Collector::start(),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = good(self.directory.path(), arguments);
        command
            .env("RESETD_DATABASE_URL", &self.database_url)
            .env("RESETD_DATA_DIR", self.directory.path())
            .env("RESETD_MAIL_URL", self.sink.url());
        command
    }

    fn ok(&self, arguments: &[&str]) -> String {
        run_ok(&mut self.command(arguments))
    }

    /// The token of the newest of so many mails.
    fn token(&self, mails: usize) -> String {
        within(Duration::from_secs(20), "a mail", || {
            let taken = self.sink.record().of(ADDRESS);
            let link = taken.get(mails - 1)?.link.clone().unwrap();
            Some(link.rsplit('/').next().unwrap().to_owned())
        })
    }
}

/// Asks, opens, sets, asks again, sets again, and gets a good deal wrong on the way. What was
/// written meanwhile, by where, and the secrets that were used.
fn whole_run(run: &Run) -> (BTreeMap<String, Vec<u8>>, Vec<String>) {
    run.ok(&["organisation", "create", "Haystack", "--mails-per-minute", "100", "--mails-per-hour", "100"]);
    let customers = run.directory.path().join("customers.csv");
    std::fs::write(&customers, format!("id,email,name\n1,{ADDRESS},Whole Run\n")).unwrap();
    run.ok(&["customer", "import", customers.to_str().unwrap(), "--organisation", "Haystack"]);
    std::fs::remove_file(customers).unwrap();
    let key = run.ok(&["api-key", "create", "--organisation", "Haystack"]);
    let server = Server::start(
        run.command(&["serve"])
            .env("RESETD_LOG", "trace")
            .env("RESETD_METRICS_LISTEN", "127.0.0.1:0")
            .env("RESETD_TELEMETRY_OTLP_URL", run.collector.url())
            .env("RESETD_TELEMETRY_SAMPLING", "1"),
    );
    let at = server.address;
    let ask =
        |body: &str| post_json(at, &format!("/api/v1/customer/reset-password?apiKey={key}"), body).status;
    let set = |token: &str, password: &str| {
        let body = json!({ "token": token, "password": password, "apiKey": key }).to_string();
        post_json(at, "/api/v1/customer/set-new-password", &body)
    };
    let mut tokens = Vec::new();
    for (password, mails) in PASSWORDS.into_iter().zip([1, 3]) {
        let body = json!({ "email": ADDRESS, "customerRealIp": "203.0.113.7" }).to_string();
        assert_eq!(ask(&body), 200);
        let token = run.token(mails);
        assert_eq!(get(at, &format!("/reset/{token}")).status, 200);
        assert_eq!(set(&token, "weak").status, 422);
        if mails > 1 {
            assert_eq!(set(&token, PASSWORDS[0]).json()["errorCode"], "E002");
        }
        assert!(set(&token, password).body.starts_with(r#"{"success":true,"#));
        assert_eq!(set(&token, password).json()["errorCode"], "E003");
        assert_eq!(get(at, &format!("/reset/{token}")).status, 410);
        // The notice.
        within(Duration::from_secs(20), "the notice", || {
            (run.sink.record().of(ADDRESS).len() == mails + 1).then_some(())
        });
        tokens.push(token);
    }
    assert_eq!(ask(&json!({ "email": NOBODY }).to_string()), 200);
    assert_eq!(ask(&format!(r#"{{"email":"{ADDRESS}\u0000"}}"#)), 422);
    assert_eq!(ask(&format!(r#"{{"email":"{ADDRESS}","expirationTime":"{ADDRESS}"}}"#)), 422);
    assert_eq!(post_json(at, &format!("/ping/v1?apiKey={key}x"), "").status, 405);
    let mut written = BTreeMap::new();
    written.insert("metrics".to_owned(), metrics(&server).into_bytes());
    let log = server.stop();
    assert!(log.contains("TRACE") || log.contains("DEBUG"), "the log was not at its loudest");
    written.insert("the log".to_owned(), log.into_bytes());
    assert!(!run.collector.spans("resetd").is_empty());
    written.insert("traces".to_owned(), run.collector.bytes());
    let listed = run.ok(&["mail", "list"]);
    for id in listed.lines().filter_map(|line| line.split_whitespace().next()).filter(|id| id.len() == 36) {
        written.insert(format!("mail show {id}"), run.ok(&["mail", "show", id]).into_bytes());
    }
    assert!(written.len() > 5, "no mail was shown: {listed}");
    for words in [&["mail", "list"][..], &["api-key", "list"], &["audit"], &["config"]] {
        written.insert(words.join(" "), run.ok(words).into_bytes());
    }
    let mut secrets = vec![key, ADDRESS.to_owned(), NOBODY.to_owned()];
    secrets.extend(tokens);
    secrets.extend(PASSWORDS.map(str::to_owned));
    (written, secrets)
}

fn metrics(server: &Server) -> String {
    let log = server.log();
    let at = log.split("metrics on http://").nth(1).and_then(|rest| rest.split('/').next()).unwrap();
    // Spans are counted when the collector has them, a second later.
    within(Duration::from_secs(10), "the metrics", || {
        let page = get(at.parse().unwrap(), "/metrics").body;
        let whole = ["resetd_http_requests_total", "resetd_trace_spans_total"];
        whole.iter().all(|name| page.contains(name)).then_some(page)
    })
}

/// A secret as it could stand somewhere: in the clear, in hexadecimal digits, in base64 wherever it
/// begins.
fn guises(secret: &str) -> Vec<String> {
    let mut guises = vec![secret.to_owned(), secret.bytes().map(|byte| format!("{byte:02x}")).collect()];
    for before in 0..3 {
        let bytes = [vec![0; before], secret.as_bytes().to_vec()].concat();
        // Characters that depend on the secret alone: six bits each.
        let (from, to) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
        for text in [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            guises.push(text[from..to].to_owned());
        }
    }
    guises
}

/// Case counts for nothing: hexadecimal digits come in both, addresses in any.
fn holds(content: &[u8], guise: &str) -> bool {
    let guise = guise.to_ascii_lowercase().into_bytes();
    content.windows(guise.len()).any(|window| window == guise)
}

fn search(written: &BTreeMap<String, Vec<u8>>, secrets: &[String]) {
    let lower: Vec<_> = written.iter().map(|(name, content)| (name, content.to_ascii_lowercase())).collect();
    for secret in secrets {
        for guise in guises(secret) {
            for (name, content) in &lower {
                assert!(!holds(content, &guise), "{name} holds {secret} as {guise}");
            }
        }
    }
}

#[test]
fn every_guise_of_a_secret_is_found() {
    let encoded = |bytes: &[u8]| STANDARD_NO_PAD.encode(bytes).to_ascii_lowercase().into_bytes();
    for text in
        ["x=whole.run@customers.example;", "xywhole.run@customers.example", "whole.run@customers.example"]
    {
        assert!(guises(ADDRESS).iter().any(|guise| holds(&encoded(text.as_bytes()), guise)), "{text}");
    }
    let hex: String = ADDRESS.bytes().map(|byte| format!("{byte:02x}")).collect();
    assert!(guises(ADDRESS).iter().any(|guise| holds(hex.as_bytes(), guise)));
    assert!(!guises(ADDRESS).iter().any(|guise| holds(&encoded(b"somebody.else@customers.example"), guise)));
}

fn files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            found.insert(path.display().to_string(), std::fs::read(path).unwrap());
        }
    }
    found
}

#[test]
fn on_sqlite_nothing_written_anywhere_holds_a_secret() {
    let run = Run::over(None);
    let (mut written, secrets) = whole_run(&run);
    let files = files(run.directory.path());
    let database = files.iter().find(|(name, _)| name.ends_with("resetd.db")).unwrap().1;
    assert!(holds(&database.to_ascii_lowercase(), "haystack"), "the search looks at the rows");
    written.extend(files);
    search(&written, &secrets);
}

#[test]
#[ignore = "needs PostgreSQL"]
fn on_postgres_nothing_written_anywhere_holds_a_secret() {
    let server = testkit::service("RESETD_TEST_POSTGRES_URL");
    let database = Database::create(&server, "whole_run").unwrap();
    let run = Run::over(Some(database.url()));
    run.ok(&["migrate"]);
    let today = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'mail'::regclass";
    let partitions: u32 = execute(&database.url(), today).unwrap().parse().unwrap();
    assert!(partitions >= 4, "migrate makes the partitions of today and the days to come: {partitions}");

    let (mut written, secrets) = whole_run(&run);
    let tables = "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables \
                  WHERE schemaname NOT IN ('pg_catalog', 'information_schema')";
    let tables = execute(&database.url(), tables).unwrap();
    for table in tables.lines() {
        // Octets come out as hexadecimal digits.
        let rows = execute(&database.url(), &format!("SELECT t::text FROM {table} t")).unwrap();
        written.insert(table.to_owned(), rows.into_bytes());
    }
    assert!(
        holds(&written["public.organisation"].to_ascii_lowercase(), "haystack"),
        "the search looks at the rows"
    );
    assert!(!written["public.mail"].is_empty() && !written["public.customer"].is_empty());
    search(&written, &secrets);
    drop(run);
}
