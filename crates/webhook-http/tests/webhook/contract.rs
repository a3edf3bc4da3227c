use std::sync::Arc;
use std::time::Duration;

use testkit::contract::{ReceivedWebhook, WebhooksUnderTest, webhook_sender};
use testkit::net::{Behaviour, HttpServer};

use crate::sender_with_deadline;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_of_the_port_is_kept() {
    let deadline = Duration::from_secs(2);
    webhook_sender(async || {
        let takes = Arc::new(HttpServer::start(Behaviour::status(204)).await);
        let redirects = HttpServer::start(Behaviour::redirect(307, takes.url())).await;
        let hangs = HttpServer::start(Behaviour::hang()).await;
        let counted = Arc::clone(&takes);
        let received = move || {
            let calls = counted.calls().into_iter();
            calls
                .map(|call| ReceivedWebhook {
                    id: call.header("webhook-id").to_owned(),
                    timestamp: call.header("webhook-timestamp").to_owned(),
                    signature: call.header("webhook-signature").to_owned(),
                    body: call.body,
                })
                .collect()
        };
        WebhooksUnderTest {
            sender: Arc::new(sender_with_deadline(deadline)),
            takes: takes.url(),
            redirects: redirects.url(),
            hangs: hangs.url(),
            deadline,
            received: Box::new(received),
            kept: Box::new((takes, redirects, hangs)),
        }
    })
    .await;
}
