//! Connections that take up room: some rest, some drip their request byte by byte and never come to
//! its end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::LocalSet;

use super::{Connection, refuse_foreign};
use crate::Result;

/// Between two bytes of one that drips.
const DRIP: Duration = Duration::from_millis(500);
/// How long gathering may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The crowd, on a thread of its own. It goes when this is dropped.
#[derive(Debug)]
pub struct Crowd {
    standing: Arc<AtomicU32>,
    leave: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Crowd {
    /// Opens `idle` connections, each after a request as a proxy's pool keeps them, and `dripping`
    /// ones, half of them within the head and half within the body. A client that is cut off comes
    /// back. Returns when all are there.
    ///
    /// # Errors
    /// When the server is not this machine or does not take so many.
    pub fn gather(server: SocketAddr, api_key: &str, idle: u32, dripping: u32) -> Result<Self> {
        refuse_foreign(server)?;
        let standing = Arc::new(AtomicU32::new(0));
        let (leave, left) = watch::channel(false);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (counted, api_key) = (Arc::clone(&standing), api_key.to_owned());
        let thread = thread::Builder::new().name("crowd".to_owned()).spawn(move || {
            let people = LocalSet::new();
            for _ in 0..idle {
                people.spawn_local(rest(server, Arc::clone(&counted)));
            }
            for number in 0..dripping {
                let beginning = unfinished(&api_key, number % 2 == 0);
                people.spawn_local(drip(server, beginning, Arc::clone(&counted)));
            }
            let mut left = left;
            // An error means that the crowd's owner is gone, and so is its reason to stay.
            runtime.block_on(people.run_until(async { drop(left.wait_for(|leave| *leave).await) }));
        })?;
        let crowd = Self { standing, leave, thread: Some(thread) };
        let begun = Instant::now();
        while crowd.open() < idle + dripping {
            if begun.elapsed() > TIMEOUT {
                let there = crowd.open();
                return Err(
                    format!("only {there} of {} connections after {TIMEOUT:?}", idle + dripping).into()
                );
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(crowd)
    }

    /// How many connections are open.
    #[must_use]
    pub fn open(&self) -> u32 {
        self.standing.load(Ordering::Relaxed)
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.leave.send_replace(true);
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// One of the crowd while it is connected.
struct Place<'a>(&'a AtomicU32);

impl<'a> Place<'a> {
    fn take(standing: &'a AtomicU32) -> Self {
        standing.fetch_add(1, Ordering::Relaxed);
        Self(standing)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn rest(server: SocketAddr, standing: Arc<AtomicU32>) {
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {server}\r\n\r\n");
    loop {
        if let Ok(mut connection) = Connection::open(server).await
            && connection.exchange(request.as_bytes()).await.is_ok()
        {
            let _place = Place::take(&standing);
            connection.ended().await;
        }
        tokio::time::sleep(DRIP).await;
    }
}

async fn drip(server: SocketAddr, beginning: String, standing: Arc<AtomicU32>) {
    loop {
        if let Ok(mut stream) = TcpStream::connect(server).await
            && stream.write_all(beginning.as_bytes()).await.is_ok()
        {
            let _place = Place::take(&standing);
            while stream.write_all(b"x").await.is_ok() {
                tokio::time::sleep(DRIP).await;
            }
        }
        tokio::time::sleep(DRIP).await;
    }
}

/// The beginning of a request whose rest comes drop by drop.
fn unfinished(api_key: &str, within_head: bool) -> String {
    let head =
        format!("POST /api/v1/customer/reset-password?apiKey={api_key} HTTP/1.1\r\nHost: localhost\r\n");
    if within_head {
        format!("{head}X-Slow: ")
    } else {
        format!("{head}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n")
    }
}
