use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use application::model::{OutgoingWebhook, WebhookAnswer};
use application::ports::{WebhookError, WebhookSender};
use async_trait::async_trait;

use super::lock;

/// How an endpoint answers, by its URL: a status or an error, after a while.
type Answers = HashMap<String, (Duration, Result<WebhookAnswer, WebhookError>)>;

/// Keeps every call, and answers as the test has set: 204 at once, unless the URL has an answer of its
/// own. Clones share everything.
#[derive(Debug, Clone, Default)]
pub struct RecordingWebhooks(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    answers: Mutex<Answers>,
    calls: Mutex<Vec<OutgoingWebhook>>,
}

impl RecordingWebhooks {
    /// Takes everything at once.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on calls to `url` are answered like this, after `delay`.
    pub fn answer(&self, url: &str, delay: Duration, answer: Result<u16, WebhookError>) {
        self.answer_with(url, delay, answer.map(WebhookAnswer::from));
    }

    /// The same with headers.
    pub fn answer_with(&self, url: &str, delay: Duration, answer: Result<WebhookAnswer, WebhookError>) {
        lock(&self.0.answers).insert(url.to_owned(), (delay, answer));
    }

    /// Every call so far, in order.
    #[must_use]
    pub fn calls(&self) -> Vec<OutgoingWebhook> {
        lock(&self.0.calls).clone()
    }
}

#[async_trait]
impl WebhookSender for RecordingWebhooks {
    async fn send(&self, webhook: &OutgoingWebhook) -> Result<WebhookAnswer, WebhookError> {
        lock(&self.0.calls).push(webhook.clone());
        let answer = lock(&self.0.answers).get(&webhook.target.url).copied();
        let (delay, answer) = answer.unwrap_or((Duration::ZERO, Ok(204.into())));
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        answer
    }
}
