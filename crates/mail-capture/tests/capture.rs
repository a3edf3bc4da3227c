//! A directory of mails.

#![expect(clippy::unwrap_used, reason = "a test says what is broken by panicking")]

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt as _;
use std::sync::{Arc, Mutex};

use application::model::{CapturedMail, ComposedMail, FailureKind, MailKind, OutgoingMail};
use application::ports::{Clock, MailArchive, MailSender};
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{EmailAddress, Language, MailId, OrganisationId};
use mail_parser::MessageParser;
use resetd_mail_capture::DirectoryCapture;
use tempfile::TempDir;
use testkit::contract::{ArchiveUnderTest, Inbox, ReceivedMail, SenderUnderTest};

/// A clock that moves a second at each look.
struct Ticking(Mutex<DateTime<Utc>>);

impl Ticking {
    fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(DateTime::from_timestamp(1_795_000_000, 123_456_000).unwrap())))
    }
}

impl Clock for Ticking {
    fn now(&self) -> DateTime<Utc> {
        let mut now = self.0.lock().unwrap();
        *now += TimeDelta::seconds(1);
        *now
    }
}

const SHOP: OrganisationId = OrganisationId::from_bytes([1; 16]);
const OTHER: OrganisationId = OrganisationId::from_bytes([2; 16]);

fn mail(number: u8, organisation: OrganisationId) -> OutgoingMail {
    OutgoingMail {
        id: MailId::from_parts(1_795_000_000_000, [number; 10]),
        organisation,
        kind: MailKind::ResetPassword,
        from: None,
        reply_to: None,
        to: EmailAddress::parse("Jan@Barasek.com").unwrap(),
        content: ComposedMail {
            subject: format!("Nové heslo č. {number}"),
            html: "<p>Dobrý den</p>\n<a href=\"https://shop.example/reset/abc\">odkaz</a>".to_owned(),
            text: "Dobrý den,\n.\nhttps://shop.example/reset/abc".to_owned(),
            language: Language::CS,
        },
        link: Some("https://shop.example/reset/abc".to_owned()),
        date: DateTime::from_timestamp(1_795_000_000, 0).unwrap(),
    }
}

fn open(directory: &TempDir, keep: usize) -> DirectoryCapture {
    let root = directory.path().join("mail");
    DirectoryCapture::open_keeping(root, "Barášek <noreply@shop.example>", Ticking::new(), keep).unwrap()
}

fn subjects(mails: &[CapturedMail]) -> Vec<&str> {
    mails.iter().map(|mail| mail.subject.as_str()).collect()
}

/// Every file below `directory` that ends in `suffix`.
fn files(directory: &TempDir, suffix: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for organisation in fs::read_dir(directory.path().join("mail")).unwrap() {
        for file in fs::read_dir(organisation.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            if path.to_string_lossy().ends_with(suffix) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn the_newest_comes_first_and_organisations_are_apart() {
    let directory = TempDir::new().unwrap();
    let capture = open(&directory, 1_000);
    for (number, organisation) in [(1, SHOP), (2, OTHER), (3, SHOP), (4, SHOP)] {
        let delivered = capture.send(&mail(number, organisation)).await.unwrap();
        assert!(delivered.host.starts_with("capture:/"));
    }
    assert_eq!(
        subjects(&capture.list(Some(SHOP), 10).await.unwrap()),
        ["Nové heslo č. 4", "Nové heslo č. 3", "Nové heslo č. 1"]
    );
    assert_eq!(subjects(&capture.list(Some(OTHER), 10).await.unwrap()), ["Nové heslo č. 2"]);
    assert_eq!(subjects(&capture.list(None, 2).await.unwrap()), ["Nové heslo č. 4", "Nové heslo č. 3"]);
    assert_eq!(capture.list(None, 100).await.unwrap().len(), 4);
    assert!(capture.list(Some(OrganisationId::from_bytes([9; 16])), 10).await.unwrap().is_empty());
    assert!(capture.list(None, 0).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_json_has_the_keys_of_the_contract() {
    let directory = TempDir::new().unwrap();
    let capture = open(&directory, 1_000);
    capture.send(&mail(1, SHOP)).await.unwrap();
    let json: serde_json::Value =
        serde_json::from_slice(&fs::read(&files(&directory, ".json")[0]).unwrap()).unwrap();
    let mut keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["created_at", "headers", "html", "id", "link", "subject", "text", "to"]);
    assert_eq!(json["to"], "jan@barasek.com");
    assert_eq!(json["created_at"], "2026-11-18T11:06:41.123456Z");
    assert_eq!(json["link"], "https://shop.example/reset/abc");
    assert_eq!(json["id"], mail(1, SHOP).id.to_string());
}

#[tokio::test]
async fn the_eml_is_a_message_a_mail_program_opens() {
    let directory = TempDir::new().unwrap();
    let capture = open(&directory, 1_000);
    let mut hostile = mail(1, SHOP);
    hostile.content.subject = "Nové heslo\r\nBcc: victim@example.com".to_owned();
    hostile.content.text.push_str(&"x".repeat(5_000));
    capture.send(&hostile).await.unwrap();
    let raw = fs::read_to_string(&files(&directory, ".eml")[0]).unwrap();
    assert!(raw.split("\r\n").all(|line| line.len() <= 78 && !line.contains(['\r', '\n'])));
    let message = MessageParser::default().parse(raw.as_bytes()).unwrap();
    assert_eq!(message.subject(), Some("Nové heslo Bcc: victim@example.com"));
    assert!(message.bcc().is_none());
    assert_eq!(message.from().unwrap().first().unwrap().name(), Some("Barášek"));
    assert_eq!(message.from().unwrap().first().unwrap().address(), Some("noreply@shop.example"));
    assert_eq!(message.to().unwrap().first().unwrap().address(), Some("jan@barasek.com"));
    assert_eq!(message.message_id(), Some(format!("{}@shop.example", hostile.id).as_str()));
    assert_eq!(message.date().unwrap().to_timestamp(), 1_795_000_000);
    assert_eq!(message.body_text(0).unwrap().replace("\r\n", "\n"), hostile.content.text);
    assert_eq!(message.body_html(0).unwrap().replace("\r\n", "\n"), hostile.content.html);

    let captured = capture.list(None, 1).await.unwrap().remove(0);
    let names: Vec<&str> = captured.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names[..5], ["From", "To", "Subject", "Date", "Message-ID"]);
    assert!(!names.contains(&"Bcc"));
}

#[tokio::test]
async fn what_was_captured_survives_a_restart() {
    let directory = TempDir::new().unwrap();
    open(&directory, 1_000).send(&mail(1, SHOP)).await.unwrap();
    let capture = open(&directory, 1_000);
    assert_eq!(subjects(&capture.list(Some(SHOP), 10).await.unwrap()), ["Nové heslo č. 1"]);
}

#[tokio::test]
async fn only_the_newest_are_kept() {
    let directory = TempDir::new().unwrap();
    let capture = open(&directory, 10);
    for number in 0..35 {
        capture.send(&mail(number, SHOP)).await.unwrap();
    }
    capture.send(&mail(99, OTHER)).await.unwrap();
    let listed = capture.list(Some(SHOP), 100).await.unwrap();
    assert_eq!(listed.len(), 10);
    assert_eq!(listed[0].subject, "Nové heslo č. 34");
    assert_eq!(listed[9].subject, "Nové heslo č. 25");
    let (json, eml) = (files(&directory, ".json").len(), files(&directory, ".eml").len());
    assert!((11..=12).contains(&json) && json == eml, "{json} {eml}");

    // A smaller bound takes hold at the next mail after a restart.
    let capture = open(&directory, 3);
    capture.send(&mail(40, SHOP)).await.unwrap();
    assert_eq!(files(&directory, ".json").len(), 4);
}

#[tokio::test]
async fn a_file_that_is_no_mail_is_passed_over_and_left_alone() {
    let directory = TempDir::new().unwrap();
    let capture = open(&directory, 2);
    capture.send(&mail(1, SHOP)).await.unwrap();
    let shop = directory.path().join("mail").join(SHOP.to_string());
    fs::write(shop.join("99999999999999999999-0000000000-x.json"), "{\"half\":").unwrap();
    fs::write(shop.join("00000000000000000001-0000000000-crashed.json.tmp"), "half").unwrap();
    fs::write(shop.join("notes.txt"), "mine").unwrap();
    fs::write(directory.path().join("mail").join("README"), "mine").unwrap();
    assert_eq!(capture.list(None, 10).await.unwrap().len(), 1);
    for number in 2..8 {
        capture.send(&mail(number, SHOP)).await.unwrap();
    }
    assert!(shop.join("notes.txt").exists());
    assert!(!shop.join("00000000000000000001-0000000000-crashed.json.tmp").exists());
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_read() {
    let directory = TempDir::new().unwrap();
    let capture = open(&directory, 1_000);
    capture.send(&mail(1, SHOP)).await.unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory.path().join("mail")), 0o700);
    assert_eq!(mode(&directory.path().join("mail").join(SHOP.to_string())), 0o700);
    for file in files(&directory, "") {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[tokio::test]
async fn a_directory_that_takes_nothing_pauses_the_queue() {
    let directory = TempDir::new().unwrap();
    let capture = open(&directory, 1_000);
    fs::write(directory.path().join("mail").join(SHOP.to_string()), "in the way").unwrap();
    assert_eq!(capture.send(&mail(1, SHOP)).await.unwrap_err().kind, FailureKind::HostDown);
    fs::write(directory.path().join("file"), "").unwrap();
    assert!(DirectoryCapture::open(directory.path().join("file"), "a@b.cz", Ticking::new()).is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_are_all_there() {
    let directory = TempDir::new().unwrap();
    let capture = Arc::new(open(&directory, 1_000));
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..100 {
        let capture = Arc::clone(&capture);
        tasks.spawn(async move { capture.send(&mail(number, SHOP)).await.map(drop) });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap().unwrap();
    }
    assert_eq!(capture.list(Some(SHOP), 1_000).await.unwrap().len(), 100);
    assert!(files(&directory, ".tmp").is_empty());
}

/// The `.eml` files, read as a mail program would.
struct DirectoryInbox(std::path::PathBuf);

#[async_trait]
impl Inbox for DirectoryInbox {
    async fn received(&self) -> Vec<ReceivedMail> {
        let mut paths = Vec::new();
        for organisation in fs::read_dir(&self.0).unwrap() {
            for file in fs::read_dir(organisation.unwrap().path()).unwrap() {
                paths.push(file.unwrap().path());
            }
        }
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
        paths.sort_by_key(|path| path.file_name().map(std::ffi::OsStr::to_owned));
        paths
            .iter()
            .map(|path| {
                let raw = fs::read(path).unwrap();
                let message = MessageParser::default().parse(&raw).unwrap();
                ReceivedMail {
                    to: message.to().unwrap().first().unwrap().address().unwrap().to_owned(),
                    subject: message.subject().unwrap().to_owned(),
                    text: message.body_text(0).unwrap().into_owned(),
                    html: message.body_html(0).unwrap().into_owned(),
                    message_id: message.message_id().unwrap().to_owned(),
                    header_names: message.headers_raw().map(|(name, _)| name.to_ascii_lowercase()).collect(),
                }
            })
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keeps_the_contract_of_a_sender() {
    testkit::contract::mail_sender(async || {
        let directory = TempDir::new().unwrap();
        let inbox = Arc::new(DirectoryInbox(directory.path().join("mail")));
        SenderUnderTest { sender: Arc::new(open(&directory, 1_000)), inbox, kept: Box::new(directory) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keeps_the_contract_of_an_archive() {
    testkit::contract::mail_archive(async || {
        let directory = TempDir::new().unwrap();
        let capture = Arc::new(open(&directory, 1_000));
        let archive: Arc<dyn MailArchive> = Arc::<DirectoryCapture>::clone(&capture);
        ArchiveUnderTest { archive, capture, kept: Box::new(directory) }
    })
    .await;
}
