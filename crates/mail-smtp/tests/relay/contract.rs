use std::sync::Arc;

use async_trait::async_trait;
use mail_parser::MessageParser;
use testkit::contract::{Inbox, ReceivedMail, SenderUnderTest};

use crate::script::{Received, Relay, willing};

/// What a relay received, read as a mailbox would.
struct RelayInbox(Received);

#[async_trait]
impl Inbox for RelayInbox {
    async fn received(&self) -> Vec<ReceivedMail> {
        let mut mails = Vec::new();
        for connection in self.0.lock().unwrap().iter() {
            let mut recipient = String::new();
            for entry in connection {
                if let Some(to) = entry.strip_prefix("RCPT TO:<").and_then(|to| to.strip_suffix('>')) {
                    recipient = to.to_owned();
                } else if let Some(text) = entry.strip_suffix("\r\n.\r\n") {
                    mails.push(read(&recipient, text));
                }
            }
        }
        mails
    }
}

fn read(to: &str, text: &str) -> ReceivedMail {
    let lines = text.split("\r\n").map(|line| line.strip_prefix('.').unwrap_or(line));
    let raw = lines.collect::<Vec<_>>().join("\r\n");
    let message = MessageParser::default().parse(raw.as_bytes()).unwrap();
    ReceivedMail {
        to: to.to_owned(),
        subject: message.subject().unwrap().to_owned(),
        text: message.body_text(0).unwrap().into_owned(),
        html: message.body_html(0).unwrap().into_owned(),
        message_id: message.message_id().unwrap().to_owned(),
        header_names: message.headers_raw().map(|(name, _)| name.to_ascii_lowercase()).collect(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keeps_the_contract_of_a_sender() {
    testkit::contract::mail_sender(async || {
        let relay = Relay::play(willing(100)).await;
        let inbox = Arc::new(RelayInbox(Arc::clone(&relay.received)));
        SenderUnderTest { sender: Arc::new(relay.sender()), inbox, kept: Box::new(relay) }
    })
    .await;
}
