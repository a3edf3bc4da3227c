//! Private addresses are refused before anything is sent.

use application::ports::{WebhookError, WebhookSender};

use crate::receiver::{Behaviour, Receiver};
use crate::webhook_http::{HttpWebhooks, WebhookOptions};
use crate::{sender, webhook};

#[tokio::test]
async fn an_address_inside_is_not_called() {
    let receiver = Receiver::start(Behaviour::Status(204, "")).await;
    let nobody = Some(Vec::new());
    let strict = HttpWebhooks::new(WebhookOptions { ca_certificates: nobody, ..WebhookOptions::default() });
    let port = receiver.address.port();
    for host in
        ["127.0.0.1", "localhost", "[::1]", "2130706433", "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254"]
    {
        let answer = strict.send(&webhook(&format!("https://{host}:{port}/"))).await;
        assert_eq!(answer, Err(WebhookError::Address), "{host}");
    }
    assert_eq!(receiver.connections(), 0);
}

/// A name outside `localhost` that resolves to this machine: every machine has one of its own, by
/// which it calls itself.
#[tokio::test]
#[ignore = "needs a host name"]
async fn a_name_that_resolves_inside_is_not_called() {
    let receiver = Receiver::start(Behaviour::Status(204, "")).await;
    let name = testkit::service("RESETD_TEST_HOST_NAME");
    let mut found = tokio::net::lookup_host((name.as_str(), 0)).await.unwrap();
    assert!(found.all(|address| !domain::CustomerIp::from(address.ip()).is_global()), "{name}");
    let nobody = Some(Vec::new());
    let strict = HttpWebhooks::new(WebhookOptions { ca_certificates: nobody, ..WebhookOptions::default() });
    let url = format!("https://{name}:{}/", receiver.address.port());
    assert_eq!(strict.send(&webhook(&url)).await, Err(WebhookError::Address));
    assert_eq!(receiver.connections(), 0);
}

#[tokio::test]
async fn where_it_is_allowed_localhost_is_called() {
    let receiver = Receiver::start(Behaviour::Status(204, "")).await;
    let url = format!("http://localhost:{}/", receiver.address.port());
    assert_eq!(sender().send(&webhook(&url)).await.map(|answer| answer.status), Ok(204));
    let elsewhere = webhook("http://shop.example/");
    assert_eq!(sender().send(&elsewhere).await, Err(WebhookError::Url));
}
