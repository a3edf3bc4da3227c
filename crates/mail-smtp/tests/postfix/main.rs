//! Against a real Postfix: STARTTLS, AUTH, SMTPUTF8, refusals by recipient, a stop and a start.
//!
//! Needs root, and `RESETD_TEST_POSTFIX` naming the `postfix` command; the Cyrus SASL tools stand
//! beside it.

#![expect(clippy::unwrap_used, reason = "a test says what is broken by panicking")]

mod daemon;

use std::time::{Duration, Instant};

use application::model::{ComposedMail, FailureKind, MailKind, OutgoingMail};
use application::ports::MailSender;
use chrono::DateTime;
use daemon::Daemon;
use domain::{EmailAddress, Language, MailId, OrganisationId};
use mail_parser::MessageParser;
use resetd_mail_smtp::SmtpSender;

fn mail(number: u8, to: &str) -> OutgoingMail {
    OutgoingMail {
        id: MailId::from_parts(1_795_000_000_000, [number; 10]),
        organisation: OrganisationId::from_bytes([1; 16]),
        kind: MailKind::ResetPassword,
        from: None,
        reply_to: None,
        to: EmailAddress::parse(to).unwrap(),
        content: ComposedMail {
            subject: "Nastavení nového hesla\r\nBcc: victim@barasek.com".to_owned(),
            html: "<p>Dobrý den, <a href=\"https://shop.example/reset/abc\">odkaz</a></p>".to_owned(),
            text: format!("Dobrý den,\n.\nhttps://shop.example/reset/abc\n{}", "x".repeat(3_000)),
            language: Language::CS,
        },
        link: None,
        date: DateTime::from_timestamp(1_795_000_000, 0).unwrap(),
    }
}

fn sender(url: &str) -> SmtpSender {
    SmtpSender::new(url.parse().unwrap(), "Barášek \"&\" syn <noreply@shop.example>", None).unwrap()
}

/// One instance for all of it: a daemon takes seconds to come and go.
#[tokio::test]
#[ignore = "needs Postfix"]
async fn a_real_relay() {
    let daemon = Daemon::start(&testkit::service("RESETD_TEST_POSTFIX"));
    let sender = sender(&daemon.url("user:correct horse", "&tls=required"));

    delivers_over_starttls_with_auth(&daemon, &sender).await;
    delivers_over_implicit_tls(&daemon).await;
    carries_internationalised_recipients(&daemon, &sender).await;
    tells_refusals_apart(&sender).await;
    tells_errors_of_configuration_apart(&daemon).await;
    many_in_flight_all_arrive(&daemon, &sender).await;
    comes_back_after_a_stop(&daemon, &sender).await;
}

async fn delivers_over_starttls_with_auth(daemon: &Daemon, sender: &SmtpSender) {
    sender.probe().await.unwrap();
    let delivered = sender.send(&mail(1, "Jan@Barasek.com")).await.unwrap();
    assert!(delivered.reply.starts_with("250 2.0.0 Ok: queued as "), "{}", delivered.reply);
    let raw = daemon.arrived("jan", 1).await.pop().unwrap();
    let message = MessageParser::default().parse(raw.as_bytes()).unwrap();
    assert!(raw.contains("with ESMTPSA"), "{raw}");
    assert_eq!(message.message_id().unwrap(), format!("{}@shop.example", mail(1, "a@b.cz").id));
    assert_eq!(message.date().unwrap().to_timestamp(), 1_795_000_000);
    assert_eq!(message.subject().unwrap(), "Nastavení nového hesla Bcc: victim@barasek.com");
    assert!(message.bcc().is_none());
    assert_eq!(message.header_raw("Auto-Submitted").unwrap().trim(), "auto-generated");
    let from = message.from().unwrap().first().unwrap();
    assert_eq!((from.name(), from.address()), (Some("Barášek \"&\" syn"), Some("noreply@shop.example")));
    let expected = mail(1, "a@b.cz").content;
    assert_eq!(message.body_text(0).unwrap().replace("\r\n", "\n").trim_end(), expected.text);
    assert_eq!(message.body_html(0).unwrap().trim_end(), expected.html);
    assert!(daemon.mailbox("victim").is_empty());
}

async fn delivers_over_implicit_tls(daemon: &Daemon) {
    sender_of(daemon.implicit_url("user:correct horse")).send(&mail(2, "smtps@barasek.com")).await.unwrap();
    assert!(daemon.arrived("smtps", 1).await.pop().unwrap().contains("with ESMTPSA"));
}

fn sender_of(url: String) -> SmtpSender {
    sender(&url)
}

async fn carries_internationalised_recipients(daemon: &Daemon, sender: &SmtpSender) {
    sender.send(&mail(3, "jiří@barasek.com")).await.unwrap();
    let raw = daemon.arrived("jiří", 1).await.pop().unwrap();
    assert!(raw.contains("with UTF8SMTPSA"), "{raw}");
    assert!(raw.contains("To: jiří@barasek.com"), "{raw}");
}

async fn tells_refusals_apart(sender: &SmtpSender) {
    let later = sender.send(&mail(4, "later@barasek.com")).await.unwrap_err();
    assert_eq!(later.kind, FailureKind::Transient);
    assert_eq!(later.reply, "450 4.2.0 <***>: Recipient address rejected: greylisted, come back");
    let never = sender.send(&mail(4, "never@barasek.com")).await.unwrap_err();
    assert_eq!(never.kind, FailureKind::Permanent);
    assert_eq!(never.reply, "550 5.1.1 <***>: Recipient address rejected: user unknown");
    let busy = sender.send(&mail(4, "busy@barasek.com")).await.unwrap_err();
    assert_eq!(busy.kind, FailureKind::HostDown);
    assert!(busy.reply.starts_with("421 4.3.2 "), "{}", busy.reply);
    sender.send(&mail(4, "after@barasek.com")).await.unwrap();
}

async fn tells_errors_of_configuration_apart(daemon: &Daemon) {
    let wrong = sender_of(daemon.url("user:wrong", "&tls=required")).send(&mail(5, "jan@barasek.com")).await;
    let wrong = wrong.unwrap_err();
    assert_eq!(wrong.kind, FailureKind::HostRefuses);
    assert!(wrong.reply.starts_with("535 5.7.8"), "{}", wrong.reply);
    // Without STARTTLS this Postfix offers no AUTH.
    let plain =
        sender_of(daemon.url("user:correct horse", "&tls=none")).send(&mail(5, "jan@barasek.com")).await;
    assert_eq!(plain.unwrap_err().kind, FailureKind::HostRefuses);
    let stranger = sender_of(daemon.url("", "")).send(&mail(5, "jan@barasek.com")).await.unwrap_err();
    // "Relay access denied": judged by what becomes of the others.
    assert_eq!(stranger.kind, FailureKind::PolicyRefused, "{}", stranger.reply);
}

async fn many_in_flight_all_arrive(daemon: &Daemon, sender: &SmtpSender) {
    let mails: Vec<OutgoingMail> = (0..100).map(|number| mail(number, "many@barasek.com")).collect();
    let started = Instant::now();
    let sent = futures_util::future::join_all(mails.iter().map(|mail| sender.send(mail))).await;
    let took = started.elapsed();
    for outcome in sent {
        outcome.unwrap();
    }
    eprint_line(&format!("100 mails to Postfix, 25 in flight: {took:?}"));
    assert_eq!(daemon.arrived("many", 100).await.len(), 100);
}

#[expect(clippy::print_stderr, reason = "a figure for a developer who runs the test by hand")]
fn eprint_line(line: &str) {
    eprintln!("{line}");
}

async fn comes_back_after_a_stop(daemon: &Daemon, sender: &SmtpSender) {
    sender.send(&mail(6, "before@barasek.com")).await.unwrap();
    daemon.command("stop");
    let down = sender.send(&mail(7, "during@barasek.com")).await.unwrap_err();
    assert_eq!(down.kind, FailureKind::HostDown, "{}", down.reply);
    daemon.command("start");
    let started = Instant::now();
    while sender.send(&mail(7, "during@barasek.com")).await.is_err() {
        assert!(started.elapsed() < Duration::from_secs(20), "Postfix did not come back");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    daemon.arrived("during", 1).await;
}
