use application::ports::MailSender;
use mail_parser::{Message, MessageParser, MimeHeaders};

use crate::script::{Relay, mail, send_to, willing};

/// The text as it arrived, without the final dot and its dot-stuffing.
fn arrived(relay: &Relay) -> String {
    let text = relay.texts().pop().unwrap();
    let text = text.strip_suffix("\r\n.\r\n").unwrap();
    text.split("\r\n").map(|line| line.strip_prefix('.').unwrap_or(line)).collect::<Vec<_>>().join("\r\n")
}

fn parse(raw: &str) -> Message<'_> {
    MessageParser::default().parse(raw.as_bytes()).unwrap()
}

fn header(message: &Message<'_>, name: &str) -> Vec<String> {
    message
        .headers_raw()
        .filter(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim().to_owned())
        .collect()
}

async fn carried(change: impl FnOnce(&mut application::model::OutgoingMail)) -> String {
    let relay = Relay::play(willing(1)).await;
    let mut mail = mail(1, "jan@barasek.com");
    change(&mut mail);
    relay.sender().send(&mail).await.unwrap();
    arrived(&relay)
}

#[tokio::test]
async fn headers_and_both_parts_arrive() {
    let raw = carried(|_| {}).await;
    let message = parse(&raw);
    let expected = mail(1, "jan@barasek.com");
    assert_eq!(header(&message, "Message-ID"), [format!("<{}@shop.example>", expected.id)]);
    assert_eq!(header(&message, "Date"), ["Mon, 23 Nov 2026 14:20:05 +0000"]);
    assert_eq!(header(&message, "To"), ["jan@barasek.com"]);
    assert_eq!(header(&message, "Auto-Submitted"), ["auto-generated"]);
    assert_eq!(header(&message, "X-Auto-Response-Suppress"), ["All"]);
    assert_eq!(header(&message, "MIME-Version"), ["1.0"]);
    assert_eq!(header(&message, "Content-Language"), ["cs"]);
    assert_eq!(header(&message, "List-Unsubscribe"), [""; 0]);
    let from = message.from().unwrap().first().unwrap();
    assert_eq!((from.name(), from.address()), (Some("Barášek"), Some("noreply@shop.example")));
    assert_eq!(message.subject(), Some("Nastavení nového hesla – Barášek"));
    assert_eq!(
        message.content_type().map(|kind| (kind.ctype(), kind.subtype())),
        Some(("multipart", Some("alternative")))
    );
    assert_eq!((message.text_body_count(), message.html_body_count()), (1, 1));
    assert_eq!(message.body_text(0).unwrap().replace("\r\n", "\n").trim_end(), expected.content.text);
    assert_eq!(message.body_html(0).unwrap().trim_end(), expected.content.html);
    // Text first: a reader takes the last part it can show (RFC 2046, section 5.1.4).
    assert!(raw.find("text/plain").unwrap() < raw.find("text/html").unwrap());
    assert!(raw.is_ascii());
}

#[tokio::test]
async fn two_attempts_have_one_message_id() {
    let relay = Relay::play(willing(1)).await;
    let sender = relay.sender();
    for _ in 0..2 {
        send_to(&sender, "jan@barasek.com").await.unwrap();
    }
    let ids: Vec<String> =
        relay.texts().iter().map(|raw| header(&parse(raw), "Message-ID").remove(0)).collect();
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test]
async fn the_organisations_sender_gives_name_envelope_and_id() {
    let relay = Relay::play(willing(1)).await;
    let mut mail = mail(1, "jan@barasek.com");
    mail.from = Some("\"Květiny, s.r.o.\" <info@květiny.cz>".to_owned());
    relay.sender().send(&mail).await.unwrap();
    let raw = arrived(&relay);
    let message = parse(&raw);
    let from = message.from().unwrap().first().unwrap();
    assert_eq!((from.name(), from.address()), (Some("Květiny, s.r.o."), Some("info@xn--kvtiny-c5a.cz")));
    assert_eq!(relay.received(0)[1], "MAIL FROM:<info@xn--kvtiny-c5a.cz>");
    assert!(header(&message, "Message-ID")[0].ends_with("@xn--kvtiny-c5a.cz>"));
}

#[tokio::test]
async fn nothing_gets_into_the_headers() {
    for evil in [
        "x\r\nBcc: victim@example.com\r\n\r\n<script>",
        "x\nBcc: victim@example.com",
        "x\rBcc: victim@example.com",
        "=?utf-8?q?x=0d=0aBcc:_victim@example.com?=",
        "\u{202E}gnp\u{0}\u{7f}\u{85}\u{2028}Bcc: v@example.com",
        "\"quoted\\\" <victim@example.com>, ",
    ] {
        let raw = carried(|mail| {
            mail.content.subject = format!("Hello {evil}");
            mail.from = Some(format!("{} <noreply@shop.example>", evil.replace(['<', '>'], "")));
        })
        .await;
        let message = parse(&raw);
        assert_eq!(header(&message, "Bcc"), [""; 0], "{evil:?}\n{raw}");
        assert_eq!(header(&message, "Subject").len(), 1);
        let mut names: Vec<String> =
            message.headers_raw().map(|(name, _)| name.to_ascii_lowercase()).collect();
        names.sort();
        assert_eq!(
            names,
            [
                "auto-submitted",
                "content-language",
                "content-type",
                "date",
                "from",
                "message-id",
                "mime-version",
                "subject",
                "to",
                "x-auto-response-suppress"
            ],
            "{raw}"
        );
        assert_eq!(message.from().unwrap().first().unwrap().address(), Some("noreply@shop.example"), "{raw}");
        assert_eq!(message.to().unwrap().iter().count(), 1);
        assert_eq!((message.text_body_count(), message.html_body_count()), (1, 1));
    }
}

#[tokio::test]
async fn lines_stay_within_998_octets_whatever_comes() {
    let raw = carried(|mail| {
        mail.content.subject = "á".repeat(250);
        mail.content.html = format!("<p>{}</p>", "x".repeat(10_000));
        mail.content.text =
            format!("{}\r\n.\r\n..\r\nlone\rcr \0 nul\n{}", "ž".repeat(5_000), "y".repeat(3_000));
    })
    .await;
    assert!(raw.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n', '\0'])));
    let message = parse(&raw);
    assert_eq!(message.subject().unwrap(), "á".repeat(250));
    assert_eq!(message.body_html(0).unwrap().trim_end().len(), 10_007);
    let text = message.body_text(0).unwrap();
    assert!(text.contains(&"ž".repeat(5_000)) && text.contains(&"y".repeat(3_000)));
    assert!(text.replace("\r\n", "\n").contains("\n.\n..\nlone"));
}

#[tokio::test]
async fn dots_survive_the_journey() {
    let raw = carried(|mail| {
        mail.content.text = ".\n..\n.leading\nQUIT\n".to_owned();
        mail.content.html = ".".to_owned();
    })
    .await;
    let message = parse(&raw);
    assert_eq!(message.body_text(0).unwrap().replace("\r\n", "\n").trim_end(), ".\n..\n.leading\nQUIT");
    assert_eq!(message.body_html(0).unwrap().trim_end(), ".");
}

#[tokio::test]
async fn an_internationalised_recipient_stands_in_the_header_as_it_is() {
    let relay = Relay::play(willing(1)).await;
    send_to(&relay.sender(), "jiří@barasek.com").await.unwrap();
    let raw = arrived(&relay);
    assert_eq!(header(&parse(&raw), "To"), ["jiří@barasek.com"]);
    let parts = parse(&raw);
    assert!(
        parts.parts.iter().skip(1).all(|part| part.content_transfer_encoding().is_none() || part.is_text())
    );
}
