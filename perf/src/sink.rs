//! An SMTP server that counts: the relay of the benchmarks and of `chaos`.
//!
//! It takes every mail, or answers 421 or 450, or takes its time, or is not there at all, as a
//! benchmark sets while it runs. It lives on a thread of its own so that the load generator beside it does
//! not slow it down, and listens on loopback.

mod record;
mod session;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

pub use self::record::{Delivery, Keep, Record};
use crate::Result;

/// The name of the thread that a sink lives on.
pub(crate) const THREAD: &str = "smtp-sink";

/// How the sink behaves towards its clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Takes every mail at once.
    Accept,
    /// Takes every mail, after this time.
    Delay(Duration),
    /// Answers 421 wherever it can and hangs up: "too busy, come back later".
    Busy,
    /// Answers 450 to every recipient: greylisting.
    Greylist,
    /// Is not there: connections are refused, open ones were cut.
    Away,
    /// Ends for good.
    Closed,
}

/// The sink. Dropping it ends it.
#[derive(Debug)]
pub struct Sink {
    address: SocketAddr,
    behaviour: watch::Sender<Behaviour>,
    record: Arc<Record>,
    thread: Option<JoinHandle<()>>,
}

impl Sink {
    /// Starts one on a free port of loopback.
    ///
    /// # Errors
    /// When the system has no free port or no thread for it.
    pub fn start(keep: Keep) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let address = listener.local_addr()?;
        let record = Arc::new(Record::new(keep));
        let (behaviour, current) = watch::channel(Behaviour::Accept);
        let kept = Arc::clone(&record);
        let thread = thread::Builder::new()
            .name(THREAD.to_owned())
            .spawn(move || runtime.block_on(listen(listener, address, current, kept)))?;
        Ok(Self { address, behaviour, record, thread: Some(thread) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// As a setting of resetd.
    #[must_use]
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// From now on it behaves like this.
    pub fn behave(&self, behaviour: Behaviour) {
        self.behaviour.send_replace(behaviour);
    }

    /// What it has taken so far.
    #[must_use]
    pub fn record(&self) -> &Record {
        &self.record
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.behave(Behaviour::Closed);
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// Accepts connections while it is there, and comes back on the same address.
async fn listen(
    first: TcpListener,
    address: SocketAddr,
    mut current: watch::Receiver<Behaviour>,
    record: Arc<Record>,
) {
    let mut listener = Some(first);
    loop {
        let behaviour = *current.borrow_and_update();
        match behaviour {
            Behaviour::Closed => return,
            Behaviour::Away => {
                listener = None;
                if current.changed().await.is_err() {
                    return;
                }
                continue;
            }
            _ => {}
        }
        let Some(open) = &listener else {
            // Somebody's outgoing connection may hold the port for a short time.
            match TcpListener::bind(address).await {
                Ok(bound) => listener = Some(bound),
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
            continue;
        };
        tokio::select! {
            changed = current.changed() => {
                if changed.is_err() {
                    return;
                }
            }
            accepted = open.accept() => {
                if let Ok((stream, _)) = accepted {
                    tokio::spawn(session::serve(stream, current.clone(), Arc::clone(&record)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
