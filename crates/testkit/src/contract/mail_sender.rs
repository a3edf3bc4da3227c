use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use application::model::{ComposedMail, MailKind, OutgoingMail};
use application::ports::MailSender;
use async_trait::async_trait;
use domain::{Language, MailId, OrganisationId};

use super::fixture::{at, email, id};
use super::suite::run_cases;

/// A mail as it arrived, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedMail {
    /// The recipient of the envelope.
    pub to: String,
    /// The decoded subject.
    pub subject: String,
    /// The decoded plain-text part.
    pub text: String,
    /// The decoded HTML part.
    pub html: String,
    /// The `Message-ID` without angle brackets.
    pub message_id: String,
    /// The names of all header fields, in lower case, in order.
    pub header_names: Vec<String>,
}

/// Where sent mail arrives.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// Everything that has arrived, in order.
    async fn received(&self) -> Vec<ReceivedMail>;
}

/// A sender and the place its mails arrive at.
pub struct SenderUnderTest {
    /// The sender.
    pub sender: Arc<dyn MailSender>,
    /// What arrived.
    pub inbox: Arc<dyn Inbox>,
    /// Whatever must live as long as the sender.
    pub kept: Box<dyn Any>,
}

/// The contract of [`MailSender`], as far as a host that takes everything shows it.
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn mail_sender(fresh: impl AsyncFn() -> SenderUnderTest) {
    run_cases!(
        "MailSender",
        fresh(),
        [
            a_mail_arrives_once_and_whole,
            what_is_not_ascii_arrives,
            the_message_id_is_the_mails_own,
            nothing_becomes_a_header,
            many_mails_at_once_all_arrive,
            a_dropped_attempt_harms_no_other,
        ]
    );
}

pub(super) fn mail(to: &str) -> OutgoingMail {
    OutgoingMail {
        id: MailId::from_bytes(id()),
        organisation: OrganisationId::from_bytes(id()),
        kind: MailKind::ResetPassword,
        from: Some("Shop <shop@example.com>".to_owned()),
        reply_to: Some("Shop <help@example.com>".to_owned()),
        to: email(to),
        content: ComposedMail {
            subject: "New password".to_owned(),
            html: "<!doctype html><html><body><p>Hello <a href=\"https://shop.example/r/TOKEN\">link</a></p></body></html>"
                .to_owned(),
            text: "Hello\n\nhttps://shop.example/r/TOKEN\n".to_owned(),
            language: Language::EN,
        },
        link: Some("https://shop.example/r/TOKEN".to_owned()),
        date: at(0),
    }
}

fn same_text(one: &str, other: &str) -> bool {
    // Line ends are CRLF on the way, and a last one may come along.
    let lines = |text: &str| text.replace("\r\n", "\n").trim_end().to_owned();
    lines(one) == lines(other)
}

async fn send(under: &SenderUnderTest, mail: &OutgoingMail) {
    let delivered = under.sender.send(mail).await.expect("a host that takes everything takes it");
    assert!(!delivered.host.is_empty(), "who took it");
}

async fn a_mail_arrives_once_and_whole(under: SenderUnderTest) {
    let sent = mail("jan@example.com");
    send(&under, &sent).await;
    let received = under.inbox.received().await;
    assert_eq!(received.len(), 1, "mails that arrived");
    assert_eq!(received[0].to, "jan@example.com");
    assert_eq!(received[0].subject, sent.content.subject);
    assert!(same_text(&received[0].text, &sent.content.text), "text: {:?}", received[0].text);
    assert!(same_text(&received[0].html, &sent.content.html), "HTML: {:?}", received[0].html);
}

async fn what_is_not_ascii_arrives(under: SenderUnderTest) {
    let mut sent = mail("jan@example.com");
    sent.from = Some("\"Obchod U Žofie, s. r. o.\" <shop@example.com>".to_owned());
    sent.content.subject =
        "Obnova hesla – Příliš žluťoučký kůň, pokud možno na více než jeden řádek \u{1f511}".to_owned();
    sent.content.text = format!("Dobrý den,\n.\n..tečky\n{}\nFrom kdosi\n", "ř".repeat(2_000));
    sent.content.html = format!("<p>Dobrý den \u{1f511}</p><p>{}</p>", "ž".repeat(3_000));
    send(&under, &sent).await;
    let received = under.inbox.received().await;
    assert_eq!(received[0].subject, sent.content.subject);
    assert!(same_text(&received[0].text, &sent.content.text), "text: {:?}", received[0].text);
    assert!(same_text(&received[0].html, &sent.content.html), "HTML: {:?}", received[0].html);
}

async fn the_message_id_is_the_mails_own(under: SenderUnderTest) {
    let (first, second) = (mail("jan@example.com"), mail("jan@example.com"));
    for sent in [&first, &first, &second] {
        send(&under, sent).await;
    }
    let ids: Vec<_> = under.inbox.received().await.into_iter().map(|mail| mail.message_id).collect();
    assert_eq!(ids.len(), 3, "mails that arrived");
    assert_eq!(ids[0], ids[1], "the same mail again has the same Message-ID");
    assert_ne!(ids[0], ids[2], "another mail has another");
    assert!(ids[0].contains('@'), "RFC 5322, section 3.6.4: {}", ids[0]);
}

async fn nothing_becomes_a_header(under: SenderUnderTest) {
    let plain = mail("jan@example.com");
    send(&under, &plain).await;
    let expected = under.inbox.received().await.remove(0).header_names;
    for hostile in
        ["Hello\r\nBcc: eve@example.com", "Hello\nX-Evil: 1", "Hello\rX-Evil: 1", "Hello\r\n\r\nbody\0"]
    {
        let mut sent = mail("jan@example.com");
        sent.content.subject = hostile.to_owned();
        // To refuse such a subject is as good as to take the sting out of it.
        if under.sender.send(&sent).await.is_ok() {
            let last = under.inbox.received().await.pop().expect("it arrived");
            assert_eq!(last.header_names, expected, "subject {hostile:?}");
            assert!(same_text(&last.text, &sent.content.text), "subject {hostile:?} reached the body");
        }
    }
}

async fn many_mails_at_once_all_arrive(under: SenderUnderTest) {
    let attempts: Vec<_> = (0..50)
        .map(|index| {
            let sender = under.sender.clone();
            tokio::spawn(async move { sender.send(&mail(&format!("c{index}@example.com"))).await })
        })
        .collect();
    for attempt in attempts {
        assert!(attempt.await.expect("an attempt panicked").is_ok());
    }
    let mut arrived: Vec<_> = under.inbox.received().await.into_iter().map(|mail| mail.to).collect();
    let mut expected: Vec<_> = (0..50).map(|index| format!("c{index}@example.com")).collect();
    arrived.sort();
    expected.sort();
    assert_eq!(arrived, expected);
}

async fn a_dropped_attempt_harms_no_other(under: SenderUnderTest) {
    for microseconds in [0, 50, 200, 500, 1_000, 2_000] {
        let dropped = mail("dropped@example.com");
        drop(tokio::time::timeout(Duration::from_micros(microseconds), under.sender.send(&dropped)).await);
        send(&under, &mail("jan@example.com")).await;
    }
    let received = under.inbox.received().await;
    let kept: Vec<_> = received.iter().filter(|mail| mail.to == "jan@example.com").collect();
    assert_eq!(kept.len(), 6, "each mail that was waited for arrived once");
    assert!(
        kept.iter().all(|mail| same_text(&mail.text, "Hello\n\nhttps://shop.example/r/TOKEN\n")),
        "and whole"
    );
}
