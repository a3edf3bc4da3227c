//! The worker's thread: mails, and beside them webhooks.

use std::sync::Arc;
use std::thread::JoinHandle;

use application::ports::MailSender;
use application::{DeliverResets, DeliverWebhooks};
use rustix::process::{Pid, setpriority_process};
use rustix::thread::gettid;
use tokio::runtime;
use tokio::sync::watch;
use tracing::{debug, error};

use crate::fault::Fault;

/// How far the worker stands back (nice value) when there is not enough processor for everybody: accepting a request
/// comes before delivering one, and delivering has the machine to itself as soon as the rush is over.
const NICENESS: i32 = 10;

/// Runs the worker on a thread of its own until `stop` turns true; then `sender` takes leave of its relay. Webhooks are a task
/// beside the mails and share nothing with them: no queue, no lease, no count of what is on its way.
pub(crate) fn spawn(
    mails: Arc<DeliverResets>,
    webhooks: Arc<DeliverWebhooks>,
    sender: Arc<dyn MailSender>,
    stop: watch::Receiver<bool>,
) -> Result<JoinHandle<()>, Fault> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Fault::io("the worker's runtime"))?;
    std::thread::Builder::new()
        .name("delivery".to_owned())
        .spawn(move || {
            stand_back();
            runtime.block_on(async move {
                let webhooks = tokio::spawn(webhooks.run(told(stop.clone())));
                mails.run(told(stop)).await;
                // Here, because kept connections live on this runtime.
                sender.close().await;
                if let Err(fault) = webhooks.await {
                    error!(%fault, "webhooks ended in a panic; their leases bring them back");
                }
            });
        })
        .map_err(Fault::io("the worker's thread"))
}

async fn told(mut stop: watch::Receiver<bool>) {
    // An error means that the sender is gone, and so is the service.
    if stop.wait_for(|stop| *stop).await.is_err() {
        error!("the service ended without a word; the worker winds down");
    }
}

/// On Linux a nice value belongs to a thread, not to the process.
fn stand_back() {
    let thread: Pid = gettid();
    if let Err(fault) = setpriority_process(Some(thread), NICENESS) {
        debug!(%fault, "the worker's priority stays as it is");
    }
}
