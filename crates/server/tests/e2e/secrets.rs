//! After a full run, no key, token, password or full address stands in the database or the log.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::demo::{documented_request, newest_link};
use crate::http::{get, post_json};
use crate::process::Server;

fn files(directory: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        // Captured mail is the mail itself: there the link belongs.
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "mailbox" && name != "sandbox") {
                files(&path, found);
            }
        } else {
            found.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
}

fn contains(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle.as_bytes()))
}

#[test]
fn a_dump_of_everything_holds_no_secret() {
    const KEY: &str = "PRODPGrFxpGEtrOZfuWhnoJohUYBXuOE";
    const PASSWORD: &str = "Correct-Horse-7";
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(
        crate::process::resetd()
            .arg("demo")
            .arg("--data-dir")
            .arg(directory.path())
            .env("RESETD_LOG", "trace")
            .env("RESETD_METRICS_LISTEN", "127.0.0.1:0"),
    );
    let at = server.address;
    documented_request(at);
    let link = newest_link(at, 1);
    let token = link.rsplit('/').next().unwrap().to_owned();
    get(at, &format!("/reset/{token}"));
    // Requests that fail must not tell either.
    post_json(
        at,
        &format!("/api/v1/customer/reset-password?apiKey={KEY}"),
        r#"{"email":"Very.Secret@@example.com"}"#,
    );
    post_json(
        at,
        &format!("/api/v1/customer/reset-password?apiKey={KEY}"),
        r#"{"email":"other.person@example.com"}"#,
    );
    let body = json!({ "token": token, "password": PASSWORD }).to_string();
    let done = post_json(at, &format!("/api/v1/customer/set-new-password?apiKey={KEY}"), &body);
    assert_eq!(done.json()["success"], true);
    let again = post_json(at, &format!("/api/v1/customer/set-new-password?apiKey={KEY}"), &body);
    assert_eq!(again.json()["errorCode"], "E003");
    newest_link_is_the_notice(at);
    let log = server.stop();

    let mut found = Vec::new();
    files(directory.path(), &mut found);
    assert!(found.iter().any(|(name, _)| name.ends_with("resetd.db")));
    // The demo prints the documented key in its welcome, on standard output; the log proper must
    // not have it.
    let logged: String =
        log.lines().filter(|line| !line.contains("curl -X POST")).collect::<Vec<_>>().join("\n");
    let logged = logged.replace("\"jan@barasek.com\", \"expirationTime\"", "");
    found.push(("the log".to_owned(), logged.into_bytes()));
    for (name, content) in &found {
        for secret in [
            KEY,
            PASSWORD,
            &token,
            "jan@barasek.com",
            "other.person@example.com",
            "Very.Secret",
            "banned@example.com",
        ] {
            assert!(!contains(content, secret), "{name} holds {secret}");
        }
    }
}

fn newest_link_is_the_notice(at: std::net::SocketAddr) {
    crate::process::within(std::time::Duration::from_secs(2), "the notice", || {
        (crate::demo::mails(at).len() == 2).then_some(())
    });
}
