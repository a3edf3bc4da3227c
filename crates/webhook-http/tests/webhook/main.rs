//! Calls to a real HTTP server on loopback, well behaved and not.
#![expect(clippy::unwrap_used, reason = "helpers of a test may fail the test")]

mod addresses;
mod contract;
mod errors;
mod receiver;
mod signatures;
mod tls;

use std::time::Duration;

use application::model::{OutgoingWebhook, WebhookTarget};
use chrono::DateTime;
use domain::{WebhookEventId, WebhookSecret};
use resetd_webhook_http as webhook_http;
use webhook_http::{HttpWebhooks, WebhookOptions};

const SECRET: [u8; 32] = *b"0123456789abcdef0123456789abcdef";

/// An event for the endpoint at `url`.
fn webhook(url: &str) -> OutgoingWebhook {
    OutgoingWebhook {
        id: WebhookEventId::from_bytes([0xab; 16]),
        target: WebhookTarget { url: url.to_owned(), secret: WebhookSecret::from_bytes(&SECRET).unwrap() },
        at: DateTime::from_timestamp(1_772_352_000, 0).unwrap(),
        body: r#"{"type":"password_reset.sent","data":{"customer_reference":"Žofie"}}"#.to_owned(),
    }
}

/// A sender that may call this machine.
fn sender() -> HttpWebhooks {
    sender_with_deadline(Duration::from_secs(10))
}

fn sender_with_deadline(deadline: Duration) -> HttpWebhooks {
    // Nobody's certificates: these calls are in the clear.
    let nobody = Some(Vec::new());
    HttpWebhooks::new(WebhookOptions { allow_private: true, deadline, ca_certificates: nobody })
}
