//! The worker's thread: mails, and beside them webhooks.

use std::sync::Arc;

use application::ports::MailSender;
use application::{DeliverResets, DeliverWebhooks};
use rustix::process::{Pid, setpriority_process};
use rustix::thread::gettid;
use tokio::runtime;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinError;
use tracing::{debug, error};

use crate::command_error::CommandError;

/// The nice value of the delivery thread: while the processor is short, accepting requests goes
/// before delivering mails.
const DELIVERY_NICENESS: i32 = 10;

/// The worker's thread, seen from the service.
pub(crate) struct Worker {
    /// Says so when the thread ended in order; dropped unsaid when it panicked. `None`: there is no
    /// worker here, or it is known how it ended.
    ended: Option<oneshot::Receiver<()>>,
}

impl Worker {
    /// Where another process delivers.
    pub(crate) const fn absent() -> Self {
        Self { ended: None }
    }

    /// Runs the worker on a thread of its own until `stop` turns true; then `sender` closes its
    /// connections to the relay. Webhooks are a task beside the mails and share nothing with them:
    /// no queue, no lease, no count of what is on its way.
    pub(crate) fn spawn(
        mails: Arc<DeliverResets>,
        webhooks: Arc<DeliverWebhooks>,
        sender: Arc<dyn MailSender>,
        stop: watch::Receiver<bool>,
    ) -> Result<Self, CommandError> {
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(CommandError::io("the worker's runtime"))?;
        let (in_order, ended) = oneshot::channel();
        std::thread::Builder::new()
            .name("delivery".to_owned())
            .spawn(move || {
                lower_thread_priority();
                let outcome = runtime.block_on(async move {
                    let webhooks = tokio::spawn(webhooks.run(told(stop.clone())));
                    let mails = tokio::spawn(mails.run(told(stop)));
                    tokio::try_join!(mails, webhooks)?;
                    // Here, because kept connections live on this runtime.
                    sender.close().await;
                    Ok::<_, JoinError>(())
                });
                match outcome {
                    // Nobody waits where the service is gone already.
                    Ok(()) => drop(in_order.send(())),
                    Err(error) => error!(%error, "the delivery thread ended in a panic"),
                }
            })
            .map_err(CommandError::io("the worker's thread"))?;
        Ok(Self { ended: Some(ended) })
    }

    /// Waits until the thread ends in a panic. Never, when it ends in order.
    pub(crate) async fn failed(&mut self) {
        if let Some(ended) = &mut self.ended {
            let outcome = ended.await;
            self.ended = None;
            if outcome.is_err() {
                return;
            }
        }
        std::future::pending().await
    }

    /// Waits for an orderly end.
    pub(crate) async fn finish(self) -> Result<(), CommandError> {
        match self.ended {
            Some(ended) => ended.await.map_err(|_| Self::error()),
            None => Ok(()),
        }
    }

    /// What the process says when the thread ended in a panic.
    pub(crate) fn error() -> CommandError {
        CommandError::Ended(
            "the delivery thread ended in a panic; nothing would be delivered any more".to_owned(),
        )
    }
}

async fn told(mut stop: watch::Receiver<bool>) {
    // An error means that the sender is gone, and so is the service.
    if stop.wait_for(|stop| *stop).await.is_err() {
        error!("the service ended without a word; the worker winds down");
    }
}

/// On Linux a nice value belongs to a thread, not to the process.
fn lower_thread_priority() {
    let thread: Pid = gettid();
    if let Err(error) = setpriority_process(Some(thread), DELIVERY_NICENESS) {
        debug!(%error, "the worker's priority stays as it is");
    }
}
