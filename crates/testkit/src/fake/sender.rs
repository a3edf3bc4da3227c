use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use application::model::{Delivered, FailureKind, OutgoingMail};
use application::ports::{MailSender, SendError};
use async_trait::async_trait;

use super::lock;

/// What becomes of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendScript {
    /// Taken, with this reply.
    Accept(String),
    /// Refused: how, with which reply.
    Refuse(FailureKind, String),
    /// Taken, but the answer is lost: the sender reports a deferral, and the mail is there all the
    /// same.
    LoseAnswer,
}

/// Keeps every mail it takes, and follows a script. Clones share everything.
#[derive(Clone, Default)]
pub struct RecordingSender(Arc<Inner>);

#[derive(Default)]
struct Inner {
    script: Mutex<VecDeque<SendScript>>,
    otherwise: Mutex<Option<SendScript>>,
    delay: Mutex<Duration>,
    taken: Mutex<Vec<OutgoingMail>>,
    attempts: Mutex<Vec<OutgoingMail>>,
    connections: Mutex<(usize, Option<(FailureKind, String)>)>,
}

impl std::fmt::Debug for RecordingSender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecordingSender").field("taken", &self.taken().len()).finish_non_exhaustive()
    }
}

const HOST: &str = "relay.test:25";

impl RecordingSender {
    /// Takes everything at once.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The next attempts end like this, one after the other; the ones after them as
    /// [`otherwise`](Self::otherwise) says.
    pub fn next(&self, steps: impl IntoIterator<Item = SendScript>) {
        lock(&self.0.script).extend(steps);
    }

    /// How attempts end for which there is no step in the script. Without it: taken.
    pub fn otherwise(&self, step: SendScript) {
        *lock(&self.0.otherwise) = Some(step);
    }

    /// From now on a connection without a mail fails like this; `None`: it is taken.
    pub fn refuse_connections(&self, failure: Option<(FailureKind, String)>) {
        lock(&self.0.connections).1 = failure;
    }

    /// Connections without a mail that were tried, taken or not.
    #[must_use]
    pub fn connections(&self) -> usize {
        lock(&self.0.connections).0
    }

    /// Each attempt takes this long from now on.
    pub fn delay(&self, delay: Duration) {
        *lock(&self.0.delay) = delay;
    }

    /// The mails that were taken, in order.
    #[must_use]
    pub fn taken(&self) -> Vec<OutgoingMail> {
        lock(&self.0.taken).clone()
    }

    /// Every attempt, taken or not, in order.
    #[must_use]
    pub fn attempts(&self) -> Vec<OutgoingMail> {
        lock(&self.0.attempts).clone()
    }
}

#[async_trait]
impl MailSender for RecordingSender {
    async fn connect(&self) -> Result<(), SendError> {
        let mut connections = lock(&self.0.connections);
        connections.0 += 1;
        match connections.1.clone() {
            None => Ok(()),
            Some((kind, reply)) => Err(SendError { kind, host: HOST.to_owned(), reply }),
        }
    }

    async fn send(&self, mail: &OutgoingMail) -> Result<Delivered, SendError> {
        let delay = *lock(&self.0.delay);
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        lock(&self.0.attempts).push(mail.clone());
        let step = lock(&self.0.script).pop_front().or_else(|| lock(&self.0.otherwise).clone());
        match step.unwrap_or_else(|| SendScript::Accept("250 2.0.0 Ok: queued".to_owned())) {
            SendScript::Accept(reply) => {
                lock(&self.0.taken).push(mail.clone());
                Ok(Delivered { host: HOST.to_owned(), reply })
            }
            SendScript::Refuse(kind, reply) => Err(SendError { kind, host: HOST.to_owned(), reply }),
            SendScript::LoseAnswer => {
                lock(&self.0.taken).push(mail.clone());
                let reply = "the connection ended before the answer".to_owned();
                Err(SendError { kind: FailureKind::Transient, host: HOST.to_owned(), reply })
            }
        }
    }
}
