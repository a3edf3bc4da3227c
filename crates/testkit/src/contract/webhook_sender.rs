use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use application::model::OutgoingWebhook;
use application::ports::WebhookSender;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use domain::WebhookEventId;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::fixture::{at, id};
use super::suite::run_cases;
use super::webhook_registry::target;

/// A call as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedWebhook {
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`.
    pub timestamp: String,
    /// `webhook-signature`.
    pub signature: String,
    /// The body.
    pub body: String,
}

/// What arrived, in order.
pub type ReceivedWebhooks = Box<dyn Fn() -> Vec<ReceivedWebhook> + Send + Sync>;

/// A sender and the endpoints its calls go to.
pub struct WebhooksUnderTest {
    /// The sender.
    pub sender: Arc<dyn WebhookSender>,
    /// The URL of an endpoint that takes everything with 204.
    pub takes: String,
    /// One that answers 307 and names the first.
    pub redirects: String,
    /// One that never answers.
    pub hangs: String,
    /// When the sender gives up.
    pub deadline: Duration,
    /// What the first endpoint got.
    pub received: ReceivedWebhooks,
    /// Whatever must live as long as the sender.
    pub kept: Box<dyn Any>,
}

/// The contract of [`WebhookSender`].
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn webhook_sender(fresh: impl AsyncFn() -> WebhooksUnderTest) {
    run_cases!(
        "WebhookSender",
        fresh(),
        [
            a_call_arrives_once_whole_and_signed,
            another_attempt_keeps_its_id,
            a_redirect_is_not_followed,
            silence_ends_at_the_deadline,
            many_calls_at_once_all_arrive,
            a_dropped_call_harms_no_other,
        ]
    );
}

fn webhook(url: &str) -> OutgoingWebhook {
    OutgoingWebhook {
        id: WebhookEventId::from_bytes(id()),
        target: target(url),
        at: at(0),
        body: "{\"type\":\"password_reset.sent\",\"data\":{\"customer_reference\":\"Žofie\"}}".to_owned(),
    }
}

/// The signature by the words of Standard Webhooks.
fn signature(secret: &[u8], received: &ReceivedWebhook) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(format!("{}.{}.{}", received.id, received.timestamp, received.body).as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

async fn a_call_arrives_once_whole_and_signed(under: WebhooksUnderTest) {
    let sent = webhook(&under.takes);
    assert_eq!(under.sender.send(&sent).await.map(|answer| answer.status), Ok(204));
    let received = (under.received)();
    assert_eq!(received.len(), 1, "calls that arrived");
    let call = &received[0];
    assert_eq!((&call.id, &call.body), (&sent.id.to_string(), &sent.body));
    assert_eq!(call.timestamp, at(0).timestamp().to_string());
    assert_eq!(call.signature, signature(sent.target.secret.expose(), call));
}

async fn another_attempt_keeps_its_id(under: WebhooksUnderTest) {
    let mut sent = webhook(&under.takes);
    under.sender.send(&sent).await.unwrap();
    sent.at += TimeDelta::seconds(60);
    under.sender.send(&sent).await.unwrap();
    let received = (under.received)();
    assert_eq!(received[0].id, received[1].id);
    assert_ne!(received[0].timestamp, received[1].timestamp);
    assert_ne!(received[0].signature, received[1].signature);
}

async fn a_redirect_is_not_followed(under: WebhooksUnderTest) {
    assert_eq!(under.sender.send(&webhook(&under.redirects)).await.map(|answer| answer.status), Ok(307));
    assert_eq!((under.received)(), Vec::<ReceivedWebhook>::new());
}

async fn silence_ends_at_the_deadline(under: WebhooksUnderTest) {
    let patience = under.deadline + Duration::from_secs(3);
    let silent = webhook(&under.hangs);
    let answer = tokio::time::timeout(patience, under.sender.send(&silent)).await;
    assert!(matches!(answer, Ok(Err(_))), "{answer:?}");
    assert_eq!(
        under.sender.send(&webhook(&under.takes)).await.map(|answer| answer.status),
        Ok(204),
        "and the next call goes out"
    );
}

async fn many_calls_at_once_all_arrive(under: WebhooksUnderTest) {
    let calls: Vec<_> = (0..30)
        .map(|_| {
            let (sender, sent) = (Arc::clone(&under.sender), webhook(&under.takes));
            tokio::spawn(async move {
                assert_eq!(sender.send(&sent).await.map(|answer| answer.status), Ok(204));
                sent.id.to_string()
            })
        })
        .collect();
    let mut expected = Vec::new();
    for call in calls {
        expected.push(call.await.expect("a call panicked"));
    }
    let mut arrived: Vec<_> = (under.received)().into_iter().map(|call| call.id).collect();
    arrived.sort();
    expected.sort();
    assert_eq!(arrived, expected);
}

async fn a_dropped_call_harms_no_other(under: WebhooksUnderTest) {
    for microseconds in [0, 50, 200, 500, 1_000] {
        let dropped = webhook(&under.takes);
        drop(tokio::time::timeout(Duration::from_micros(microseconds), under.sender.send(&dropped)).await);
        assert_eq!(under.sender.send(&webhook(&under.takes)).await.map(|answer| answer.status), Ok(204));
    }
}
