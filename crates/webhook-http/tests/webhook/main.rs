//! Calls to a real HTTP server on loopback, well behaved and not.
#![expect(clippy::unwrap_used, reason = "helpers of a test may fail the test")]

mod addresses;
mod contract;
mod errors;
mod signatures;
mod tls;

use std::time::Duration;

use application::model::{OutgoingWebhook, WebhookTarget};
use chrono::DateTime;
use domain::{WebhookEventId, WebhookSecret};
use http_client::AddressPolicy;
use resetd_webhook_http as webhook_http;
use testkit::net::{Authority, HttpServer};
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

/// The endpoint of this server.
fn endpoint(server: &HttpServer) -> OutgoingWebhook {
    webhook(&format!("{}/hooks?key=1", server.url()))
}

/// A sender that may call this machine.
fn sender() -> HttpWebhooks {
    sender_with_deadline(Duration::from_secs(10))
}

fn sender_with_deadline(deadline: Duration) -> HttpWebhooks {
    HttpWebhooks::new(WebhookOptions { deadline, ..trusting(&Authority::new()) })
}

/// May call this machine by HTTP, and by HTTPS whoever has a certificate of this authority.
fn trusting(authority: &Authority) -> WebhookOptions {
    WebhookOptions {
        addresses: AddressPolicy::PrivateToo,
        ca_certificates: Some(authority.pem().into_bytes()),
        ..WebhookOptions::default()
    }
}
