//! Private addresses are refused before anything is sent.

use application::ports::{WebhookError, WebhookSender};
use http_client::AddressPolicy;
use testkit::net::{Authority, Behaviour, HttpServer};

use crate::webhook_http::{HttpWebhooks, WebhookOptions};
use crate::{sender, trusting, webhook};

#[tokio::test]
async fn an_address_inside_is_not_called() {
    let server = HttpServer::start(Behaviour::status(204)).await;
    let strict =
        HttpWebhooks::new(WebhookOptions { addresses: AddressPolicy::Public, ..trusting(&Authority::new()) });
    let port = server.address().port();
    for host in
        ["127.0.0.1", "localhost", "[::1]", "2130706433", "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254"]
    {
        let answer = strict.send(&webhook(&format!("https://{host}:{port}/"))).await;
        assert_eq!(answer, Err(WebhookError::Address), "{host}");
    }
    assert_eq!(server.connections(), 0);
    assert_eq!(WebhookOptions::default().addresses, AddressPolicy::Public);
}

#[tokio::test]
async fn where_it_is_allowed_localhost_is_called() {
    let server = HttpServer::start(Behaviour::status(204)).await;
    let url = format!("http://localhost:{}/", server.address().port());
    assert_eq!(sender().send(&webhook(&url)).await.map(|answer| answer.status), Ok(204));
    for url in ["http://shop.example/", "https://user@shop.example/", "shop.example"] {
        assert_eq!(sender().send(&webhook(url)).await, Err(WebhookError::Url), "{url}");
    }
}
