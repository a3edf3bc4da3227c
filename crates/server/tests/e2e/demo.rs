//! Issue "the main job": the documented request, the mail, the link, the page, the new password.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};

use crate::http::{Answer, get, post_json, send};
use crate::process::{Server, within};

const KEY: &str = "PRODPGrFxpGEtrOZfuWhnoJohUYBXuOE";

/// The request of the reference, as it stands.
pub(crate) fn documented_request(server: SocketAddr) -> Answer {
    send(
        server,
        "POST",
        &format!("/api/v1/customer/reset-password?apiKey={KEY}"),
        &[("Content-Type", "application/json"), ("Authorization", "Bearer YOUR_API_KEY")],
        r#"{ "email": "jan@barasek.com", "expirationTime": "3h 20m", "customerRealIp": "1.1.1.1" }"#,
    )
}

pub(crate) fn mails(server: SocketAddr) -> Vec<Value> {
    get(server, "/dev/mailbox/messages").json().as_array().unwrap().clone()
}

/// The link of the newest mail, within the two seconds that are promised.
pub(crate) fn newest_link(server: SocketAddr, count: usize) -> String {
    within(Duration::from_secs(2), "the mail", || {
        let mails = mails(server);
        (mails.len() == count).then(|| mails[0]["link"].as_str().unwrap().to_owned())
    })
}

fn path(link: &str) -> &str {
    let after_scheme = link.split_once("://").unwrap().1;
    &after_scheme[after_scheme.find('/').unwrap()..]
}

fn set_password(server: SocketAddr, token: &str, password: &str) -> Answer {
    let body = json!({ "token": token, "password": password }).to_string();
    post_json(server, &format!("/api/v1/customer/set-new-password?apiKey={KEY}"), &body)
}

#[test]
fn the_documented_request_ends_in_a_new_password() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::demo(directory.path());
    let at = server.address;

    let answer = documented_request(at);
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"success":true}"#));

    let link = newest_link(at, 1);
    let mail = &mails(at)[0];
    let names: Vec<&String> = mail.as_object().unwrap().keys().collect();
    for name in ["id", "to", "subject", "text", "html", "link", "created_at"] {
        assert!(names.contains(&&name.to_owned()), "{name} is missing of {names:?}");
    }
    assert_eq!(mail["to"], "jan@barasek.com");
    assert!(mail["text"].as_str().unwrap().contains(&link));

    let page = path(&link);
    assert_eq!(send(at, "HEAD", page, &[], "").status, 200);
    for _ in 0..50 {
        let opened = get(at, page);
        assert_eq!(opened.status, 200);
        assert_eq!(opened.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(opened.header("cache-control"), Some("no-store"));
        assert!(opened.header("content-security-policy").unwrap().contains("default-src 'none'"));
    }

    let token = page.rsplit('/').next().unwrap();
    let weak = set_password(at, token, "password");
    assert_eq!((weak.status, &weak.json()["error"]["field"]), (422, &json!("password")));
    let done = set_password(at, token, "Correct-Horse-7");
    assert!(done.status == 200 && done.body.starts_with(r#"{"success":true,"#), "{}", done.body);
    let again = set_password(at, token, "Correct-Horse-8").json();
    assert_eq!((&again["success"], &again["errorCode"]), (&json!(false), &json!("E003")));
    assert_eq!(get(at, page).status, 410);

    within(Duration::from_secs(2), "the notice", || (mails(at).len() == 2).then_some(()));
    server.stop();
}

#[test]
fn the_page_sets_a_password_without_the_api() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::demo(directory.path());
    let at = server.address;
    documented_request(at);
    let link = newest_link(at, 1);
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let page = get(at, path(&link));
    let names: Vec<&str> = page
        .body
        .split("<input")
        .skip(1)
        .filter_map(|tag| tag.split("name=\"").nth(1)?.split('"').next())
        .collect();
    let filled =
        |value: &str| names.iter().map(|name| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    assert_eq!(send(at, "POST", path(&link), &form, &filled("short")).status, 422);
    let done = send(at, "POST", path(&link), &form, &filled("Correct-Horse-7"));
    assert!(matches!(done.status, 200 | 303), "{} {}", done.status, done.body);
    assert_eq!(get(at, path(&link)).status, 410);
}

#[test]
fn whoever_is_meant_the_answer_is_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::demo(directory.path());
    let at = server.address;
    let ask = |email: &str| {
        let body = json!({ "email": email }).to_string();
        let mut answer = post_json(at, &format!("/api/v1/customer/reset-password?apiKey={KEY}"), &body);
        answer.headers.retain(|(name, _)| {
            !name.starts_with("x-ratelimit-")
                && !["x-request-id", "x-reset-request-id", "date"].contains(&name.as_str())
        });
        answer
    };
    let known = ask("jan@barasek.com");
    assert_eq!(known.status, 200);
    // Unknown, banned, and over the budget of one mail a minute.
    for email in ["nobody@example.com", "banned@example.com", "jan@barasek.com", "j.a.n@gmail.com"] {
        assert_eq!(ask(email), known, "{email}");
    }
    newest_link(at, 1);
}

#[test]
fn a_second_start_finds_everything_in_its_place() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::demo(directory.path());
    documented_request(server.address);
    newest_link(server.address, 1);
    server.stop();
    let server = Server::demo(directory.path());
    assert_eq!(mails(server.address).len(), 1);
    assert_eq!(documented_request(server.address).status, 200);
}

#[test]
fn a_log_that_goes_to_no_terminal_has_no_colours() {
    let directory = tempfile::tempdir().unwrap();
    let demo = Server::demo(directory.path());
    let log = demo.stop();
    assert!(log.contains("INFO"), "{log}");
    assert!(!log.contains('\u{1b}'), "{log:?}");
}

#[test]
fn no_core_file_is_ever_written() {
    let directory = tempfile::tempdir().unwrap();
    let demo = Server::demo(directory.path());
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", demo.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    assert_eq!(core.split_whitespace().nth(5), Some("0"), "{core}");
}
