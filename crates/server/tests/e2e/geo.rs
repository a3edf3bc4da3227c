//! Where a request comes from: shown when it is known in time, left out when it is not, and never
//! the cause of a late mail.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use mmdb_writer::{RecordSize, Value, Writer};

use crate::demo::{documented_request, mails, newest_link};
use crate::http::send;
use crate::process::{Server, resetd, run_ok, within};

const PRAGUE: &str =
    r#"{"country":{"code":"CZ","name":"Czechia"},"city":{"name":"Prague"},"network":{"asn":5610}}"#;

/// How the resolver treats a question.
#[derive(Debug, Clone, Copy)]
enum Behaviour {
    /// A fine answer.
    Fine,
    /// A fine answer, far too late.
    Slow,
    /// "Internal server error", with a fine body.
    Status500,
    /// The beginning of an answer and the end of the connection.
    Cut,
    /// No HTTP.
    Garbage,
    /// A body without end.
    Huge,
}

const ERRORS: [Behaviour; 5] =
    [Behaviour::Slow, Behaviour::Status500, Behaviour::Cut, Behaviour::Garbage, Behaviour::Huge];

/// A resolver that behaves like this; its URL.
fn resolver(behaviour: Behaviour) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || serve(stream, behaviour));
        }
    });
    format!("http://{address}")
}

/// One answer per connection. What the client does not want to hear is its own affair.
fn serve(mut stream: TcpStream, behaviour: Behaviour) {
    let head = BufReader::new(&stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
    head.for_each(drop);
    let reply = |status: &str, body: &str| {
        let length = body.len();
        format!(
            "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )
    };
    let fine = reply("200 OK", PRAGUE);
    let text = match behaviour {
        Behaviour::Fine => fine,
        Behaviour::Slow => {
            thread::sleep(Duration::from_secs(20));
            fine
        }
        Behaviour::Status500 => reply("500 Internal Server Error", PRAGUE),
        Behaviour::Cut => fine.strip_suffix(r#""network":{"asn":5610}}"#).unwrap().to_owned(),
        Behaviour::Garbage => "\u{1}\u{2}Prague, Czechia\u{3}\r\n\r\n".repeat(50),
        Behaviour::Huge => {
            let beginning =
                reply("200 OK", PRAGUE).replace(&format!("Length: {}", PRAGUE.len()), "Length: 9999999999");
            let spaces = " ".repeat(64 * 1024);
            let mut goes_on = stream.write_all(beginning.as_bytes()).is_ok();
            // 64 MB at most: far over any bound, and an end for a client that reads on.
            for _ in 0..1_000 {
                goes_on = goes_on && stream.write_all(spaces.as_bytes()).is_ok();
            }
            return;
        }
    };
    drop(stream.write_all(text.as_bytes()));
}

/// A database that puts everybody in Brno.
fn brno(directory: &Path) -> PathBuf {
    let names = |name: &str| ("names", Value::map([("en", Value::text(name))]));
    let record = Value::map([
        ("city", Value::map([names("Brno")])),
        ("country", Value::map([names("Czechia"), ("iso_code", Value::text("CZ"))])),
    ]);
    let mut writer = Writer::new("GeoLite2-City", RecordSize::Bits24);
    writer.insert("::".parse().unwrap(), 0, &record).unwrap();
    let path = directory.join("city.mmdb");
    std::fs::write(&path, writer.finish().unwrap()).unwrap();
    path
}

/// The text of the mail that answers the documented request, which comes within two seconds.
fn mail(settings: &[(&str, &str)]) -> String {
    let directory = tempfile::tempdir().unwrap();
    let mut command = resetd();
    command.arg("demo").arg("--data-dir").arg(directory.path()).envs(settings.iter().copied());
    let server = Server::start(&mut command);
    assert_eq!(documented_request(server.address).status, 200);
    newest_link(server.address, 1);
    let mail = mails(server.address).remove(0);
    server.stop();
    mail["text"].as_str().unwrap().to_owned()
}

#[test]
fn a_resolver_that_answers_puts_the_place_into_the_mail() {
    let text = mail(&[("RESETD_GEO_VIKITRON_URL", &resolver(Behaviour::Fine))]);
    assert!(text.contains("Prague"), "{text}");
}

#[test]
fn every_error_of_the_resolver_costs_the_place_and_never_the_mail() {
    for behaviour in ERRORS {
        let text = mail(&[("RESETD_GEO_VIKITRON_URL", &resolver(behaviour))]);
        assert!(!text.contains("Prague") && !text.contains("Czechia"), "{behaviour:?}: {text}");
    }
}

#[test]
fn with_a_database_behind_it_no_error_costs_even_the_place() {
    let directory = tempfile::tempdir().unwrap();
    let database = brno(directory.path());
    for behaviour in ERRORS {
        let settings = [
            ("RESETD_GEO_VIKITRON_URL", resolver(behaviour)),
            ("RESETD_GEO_CITY_DB", database.to_str().unwrap().to_owned()),
        ];
        let text = mail(&settings.each_ref().map(|(name, value)| (*name, value.as_str())));
        assert!(text.contains("Brno"), "{behaviour:?}: {text}");
    }
}

#[test]
fn the_operator_sees_how_near_the_visitor_was_to_the_requester() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = resetd();
    command.arg("demo").arg("--data-dir").arg(directory.path()).env("RESETD_TRUSTED_PROXIES", "127.0.0.1/32");
    let server = Server::start(&mut command);
    let at = server.address;
    documented_request(at);
    let link = newest_link(at, 1);
    let path = link.split_once(&at.to_string()).unwrap().1;
    let browser = ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
    let from = |ip| send(at, "GET", path, &[browser, ("X-Forwarded-For", ip)], "").status;
    // The request said that it came from 1.1.1.1.
    assert_eq!([from("1.1.1.1"), from("1.1.1.77"), from("8.8.8.8")], [200; 3]);
    let database = format!("sqlite://{}", directory.path().join("resetd.db").display());
    let ask = |arguments: &[&str]| run_ok(resetd().args(arguments).env("RESETD_DATABASE_URL", &database));
    let list = ask(&["mail", "list", "--json"]);
    let first: serde_json::Value = serde_json::from_str(list.lines().next().unwrap()).unwrap();
    let shown = within(Duration::from_secs(10), "three visits in the timeline", || {
        let shown = ask(&["mail", "show", first["id"].as_str().unwrap()]);
        (shown.matches(" opened ").count() == 3).then_some(shown)
    });
    for (ip, proximity) in [("1.1.1.1", "same address"), ("1.1.1.77", "same network"), ("8.8.8.8", "unknown")]
    {
        let entry = format!("from {ip}; compared with the request: {proximity}");
        assert!(shown.contains(&entry), "{entry} is not in:\n{shown}");
    }
    let file: Vec<u8> = ["resetd.db", "resetd.db-wal"]
        .iter()
        .flat_map(|name| std::fs::read(directory.path().join(name)).unwrap_or_default())
        .collect();
    assert!(!file.windows(8).any(|bytes| bytes == b"1.1.1.77"), "a visitor's address is in the clear");
    server.stop();
}
