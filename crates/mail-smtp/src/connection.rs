use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::client::Client;

/// A connection after greeting, TLS and login. Dropping it closes the socket.
pub(crate) struct Connection {
    pub(crate) smtp: Client,
    /// Keeps the gauge of open connections.
    _counted: Counted,
    pub(crate) opened: Instant,
    /// Mails carried.
    pub(crate) mails: u32,
    /// A refused envelope still lies on the server.
    pub(crate) needs_reset: bool,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("mails", &self.mails).finish_non_exhaustive()
    }
}

impl Connection {
    pub(crate) fn new(smtp: Client) -> Self {
        Self { smtp, _counted: Counted::new(), opened: Instant::now(), mails: 0, needs_reset: false }
    }

    /// Says good-bye, and does not wait long for the answer.
    pub(crate) async fn quit(mut self) {
        let _ = timeout(Duration::from_secs(2), self.smtp.command("QUIT\r\n")).await;
    }
}

#[derive(Debug)]
struct Counted;

impl Counted {
    fn new() -> Self {
        metrics::counter!("resetd_smtp_connections_opened_total").increment(1);
        metrics::gauge!("resetd_smtp_connections").increment(1);
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        metrics::gauge!("resetd_smtp_connections").decrement(1);
    }
}
