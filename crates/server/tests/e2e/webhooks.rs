//! An organisation's own system hears of everything: all four events, signed, without a secret in
//! them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde_json::{Value, json};

use crate::http::post_json;
use crate::process::{Server, resetd, run_ok, run_with, within};

/// What a server of the test's own took so far.
type Taken<T> = Arc<Mutex<Vec<T>>>;

#[derive(Debug, Clone)]
struct Call {
    id: String,
    timestamp: String,
    signature: String,
    body: String,
}

/// Listens on a port of its own and serves each connection on a thread.
fn listen<T: Send + 'static>(serve: fn(TcpStream, &Taken<T>)) -> (SocketAddr, Taken<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, taken) = (listener.local_addr().unwrap(), Taken::<T>::default());
    let shared = Arc::clone(&taken);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let taken = Arc::clone(&shared);
            std::thread::spawn(move || serve(stream, &taken));
        }
    });
    (address, taken)
}

/// The organisation's system. The first call of all is answered with 500.
fn receive(stream: TcpStream, taken: &Taken<Call>) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if line == "\r\n" {
                break;
            }
            head.push(line.trim_end().to_owned());
        }
        let header = |name: &str| {
            let found = head.iter().find_map(|line| {
                let (known, value) = line.split_once(": ")?;
                known.eq_ignore_ascii_case(name).then(|| value.to_owned())
            });
            found.unwrap_or_default()
        };
        let mut body = vec![0; header("content-length").parse().unwrap()];
        reader.read_exact(&mut body).unwrap();
        let call = Call {
            id: header("webhook-id"),
            timestamp: header("webhook-timestamp"),
            signature: header("webhook-signature"),
            body: String::from_utf8(body).unwrap(),
        };
        let mut calls = taken.lock().unwrap();
        let status = if calls.is_empty() { "500 Not Yet" } else { "204 No Content" };
        calls.push(call);
        drop(calls);
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
        if reader.get_mut().write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// A relay that knows nobody called `gone`, and quotes the address as relays do.
fn relay(stream: TcpStream, taken: &Taken<String>) {
    let mut reader = BufReader::new(stream);
    let say = |reader: &mut BufReader<TcpStream>, text: &str| {
        reader.get_mut().write_all(format!("{text}\r\n").as_bytes()).is_ok()
    };
    say(&mut reader, "220 relay.test ESMTP");
    let mut mail = None::<String>;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let answer = match &mut mail {
            Some(text) if line == ".\r\n" => {
                taken.lock().unwrap().push(std::mem::take(text));
                mail = None;
                "250 2.0.0 queued".to_owned()
            }
            Some(text) => {
                text.push_str(&line);
                continue;
            }
            None if line.starts_with("EHLO") => "250 relay.test".to_owned(),
            None if line.starts_with("RCPT") && line.contains("gone") => {
                format!("550 5.1.1 {}: no such user", line.trim_end().split(':').nth(1).unwrap())
            }
            None if line.starts_with("DATA") => {
                mail = Some(String::new());
                "354 go on".to_owned()
            }
            None => "250 2.0.0 ok".to_owned(),
        };
        say(&mut reader, &answer);
    }
}

/// The token of the link in a mail: quoted-printable or not.
fn token(mail: &str) -> String {
    let whole = mail.replace("=\r\n", "");
    let link = whole.split("/reset/").nth(1).unwrap_or_else(|| panic!("no link in {mail}"));
    link.chars().take_while(char::is_ascii_alphanumeric).collect()
}

struct Installation {
    database: String,
    relay: SocketAddr,
}

impl Installation {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = resetd();
        command
            .args(arguments)
            .env("RESETD_DATABASE_URL", &self.database)
            .env("RESETD_PUBLIC_URL", "http://reset.test")
            .env("RESETD_MAIL_URL", format!("smtp://{}", self.relay))
            .env("RESETD_MAIL_FROM", "Shop <shop@example.com>")
            .env("RESETD_WEBHOOKS_ALLOW_PRIVATE", "true");
        command
    }
}

fn prepare(directory: &Path, relay: SocketAddr) -> (Installation, String) {
    let database = format!("sqlite://{}", directory.join("resetd.db").display());
    let installation = Installation { database, relay };
    run_ok(&mut installation.command(&["organisation", "create", "Shop"]));
    let key = run_ok(&mut installation.command(&["api-key", "create", "--organisation", "Shop"]));
    let file = directory.join("customers.csv");
    std::fs::write(
        &file,
        "id,email,name\n4711,jan.secret@example.com,Jan\n4712,gone.secret@example.com,Eva\n",
    )
    .unwrap();
    let file = file.to_str().unwrap();
    run_ok(&mut installation.command(&["customer", "import", file, "--organisation", "Shop"]));
    (installation, key)
}

/// Waits for `count` calls after the first, which is answered with 500 and comes again.
fn told(calls: &Taken<Call>, count: usize) -> Vec<Call> {
    within(Duration::from_secs(20), "the events", || {
        let calls = calls.lock().unwrap();
        (calls.len() > count).then(|| calls.clone())
    })
}

#[test]
fn a_receiver_hears_of_all_four_events() {
    let directory = tempfile::tempdir().unwrap();
    let ((relay, mails), (receiver, calls)) = (listen(relay), listen(receive));
    let (installation, key) = prepare(directory.path(), relay);
    let url = format!("http://{receiver}/hooks");
    let secret = run_ok(&mut installation.command(&["webhook", "create", &url, "--organisation", "Shop"]));
    let server = Server::start(&mut installation.command(&["serve"]));
    let at = server.address;
    for name in ["jan.secret", "gone.secret"] {
        let body = json!({ "email": format!("{name}@example.com") }).to_string();
        let answer = post_json(at, &format!("/api/v1/customer/reset-password?apiKey={key}"), &body);
        assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"success":true}"#));
    }
    told(&calls, 4);
    let token = token(&mails.lock().unwrap()[0]);
    let body = json!({ "token": token, "password": "Correct-Horse-7" }).to_string();
    let done = post_json(at, &format!("/api/v1/customer/set-new-password?apiKey={key}"), &body);
    assert!(done.body.starts_with(r#"{"success":true,"#), "{}", done.body);
    let calls = told(&calls, 5);

    let bytes = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let hmac_key = hmac::Key::new(hmac::HMAC_SHA256, &bytes);
    for call in &calls {
        let signed = format!("{}.{}.{}", call.id, call.timestamp, call.body);
        let signature = STANDARD.decode(call.signature.strip_prefix("v1,").unwrap()).unwrap();
        assert!(hmac::verify(&hmac_key, signed.as_bytes(), &signature).is_ok(), "{call:?}");
        for hidden in [token.as_str(), &key, "jan.secret", "gone.secret", "Correct-Horse"] {
            assert!(!call.body.contains(hidden), "{hidden} in {}", call.body);
        }
    }
    let again: Vec<_> = calls.iter().filter(|call| call.id == calls[0].id).collect();
    assert_eq!((again.len(), &again[0].body), (2, &again[1].body), "what was refused comes again, unchanged");

    let events: Vec<Value> =
        calls[1..].iter().map(|call| serde_json::from_str(&call.body).unwrap()).collect();
    let of = |kind: &str, masked: &str| {
        let of = |event: &&Value| event["type"] == kind && event["data"]["address"] == masked;
        let found: Vec<_> = events.iter().filter(of).collect();
        assert_eq!(found.len(), 1, "{kind} of {masked}: {events:?}");
        found[0]["data"].clone()
    };
    let (jan, gone) = ("j***@example.com", "g***@example.com");
    let requested = of("password_reset.requested", jan);
    let sent = of("password_reset.sent", jan);
    let completed = of("password_reset.completed", jan);
    of("password_reset.requested", gone);
    let undeliverable = of("password_reset.undeliverable", gone);
    assert_eq!(requested["customer_reference"], Value::Null, "nobody has been looked up yet");
    for event in [&sent, &completed] {
        assert_eq!(
            (&event["request_id"], &event["customer_reference"]),
            (&requested["request_id"], &json!("4711"))
        );
    }
    assert!(sent["mail"]["reply"].as_str().unwrap().contains("queued"), "{sent}");
    let reply = undeliverable["mail"]["reply"].as_str().unwrap();
    assert!(reply.contains("<***>: no such user"), "{reply}");

    let listed = run_ok(&mut installation.command(&["webhook", "list"]));
    assert!(listed.contains("active") && listed.contains(&url) && !listed.contains(&secret), "{listed}");
    let id = listed.lines().nth(1).unwrap().split(' ').next().unwrap();
    let tried = run_ok(&mut installation.command(&["webhook", "test", id]));
    assert_eq!(tried, "the endpoint took it: 204");
    run_ok(&mut installation.command(&["webhook", "remove", id]));
    let log = server.stop();
    for hidden in [&*secret, &token, "jan.secret", "/hooks"] {
        assert!(!log.contains(hidden), "{hidden} in the log:\n{log}");
    }
    let mut stored = std::fs::read(directory.path().join("resetd.db")).unwrap();
    stored.extend(std::fs::read(directory.path().join("resetd.db-wal")).unwrap_or_default());
    for hidden in [secret.as_bytes(), &bytes, b"/hooks"] {
        assert!(!stored.windows(hidden.len()).any(|window| window == hidden), "a secret is in the database");
    }
}

#[test]
fn unsafe_endpoints_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", directory.path().join("resetd.db").display());
    let command = |arguments: &[&str]| {
        let mut command = resetd();
        command.args(arguments).env("RESETD_DATABASE_URL", &database);
        command
    };
    run_ok(&mut command(&["organisation", "create", "Shop"]));
    for (url, error) in [
        ("http://shop.example/hooks", "expected https"),
        ("https://10.0.0.1/hooks", "webhooks.allow_private"),
        ("http://localhost/hooks", "webhooks.allow_private"),
        ("shop.example", "expected a URL"),
    ] {
        let output = run_with(&mut command(&["webhook", "create", url, "--organisation", "Shop"]), b"");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            !output.status.success() && output.stdout.is_empty() && told.contains(error),
            "{url}: {told}"
        );
    }
    let public = ["webhook", "create", "https://shop.example/hooks", "--organisation", "Shop", "--event"];
    let output = run_with(command(&public).arg("password_reset.opened"), b"");
    assert!(String::from_utf8_lossy(&output.stderr).contains("password_reset.undeliverable"));
    let secret = run_ok(command(&public).arg("password_reset.sent"));
    assert!(secret.starts_with("whsec_") && secret.len() == 50, "{secret}");
    let listed = run_ok(&mut command(&["webhook", "list", "--organisation", "Shop"]));
    assert_eq!(listed.lines().count(), 2, "{listed}");
}
