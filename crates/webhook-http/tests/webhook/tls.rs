use application::ports::{WebhookError, WebhookSender};
use testkit::net::{Authority, Behaviour, HttpServer};

use crate::webhook_http::{HttpWebhooks, WebhookOptions};
use crate::{endpoint, trusting, webhook};

#[tokio::test]
async fn https_is_spoken_with_a_server_whose_certificate_holds() {
    let authority = Authority::new();
    let server = HttpServer::start_tls(Behaviour::status(204), &authority.issue("localhost")).await;
    let sender = HttpWebhooks::new(trusting(&authority));
    assert_eq!(sender.send(&endpoint(&server)).await.map(|answer| answer.status), Ok(204));

    let by_address = webhook(&server.url().replace("localhost", "127.0.0.1"));
    assert_eq!(sender.send(&by_address).await, Err(WebhookError::Unreachable));
    let no_certificate = WebhookOptions { ca_certificates: Some(Vec::new()), ..trusting(&authority) };
    for stranger in [trusting(&Authority::new()), no_certificate] {
        let answer = HttpWebhooks::new(stranger).send(&endpoint(&server)).await;
        assert_eq!(answer, Err(WebhookError::Unreachable));
    }
    assert_eq!(server.requests(), 1, "nothing is sent to a server that could not prove itself");
}
