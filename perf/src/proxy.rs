//! A network between two programs of this machine that can fall silent, fail altogether, or lead
//! somewhere else.

use std::net::{Ipv4Addr, SocketAddr};
use std::thread::{self, JoinHandle};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::Result;

/// What the network does now.
#[derive(Debug, Clone, Copy)]
struct State {
    target: SocketAddr,
    /// Nothing is passed on; it goes on from where it was.
    down: bool,
    /// Connections with a smaller number pass nothing on any more, and are not closed either.
    silent_below: u64,
    /// How many connections there have been.
    opened: u64,
    ended: bool,
}

/// Passes TCP connections on to a target. It acknowledges what it does not pass on, so that only a
/// time limit of the program itself notices: the kernel's keep-alive sees a peer that lives.
/// Dropping it closes every connection.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    state: watch::Sender<State>,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    /// Starts one in front of `target`.
    ///
    /// # Errors
    /// When the system has no free port or no thread for it.
    pub fn start(target: SocketAddr) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let address = listener.local_addr()?;
        let (state, _) =
            watch::channel(State { target, down: false, silent_below: 0, opened: 0, ended: false });
        let own = state.clone();
        let thread = thread::Builder::new()
            .name("proxy".to_owned())
            .spawn(move || runtime.block_on(listen(listener, own)))?;
        Ok(Self { address, state, thread: Some(thread) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// New connections lead to `target`; those that are open stay with theirs.
    pub fn lead_to(&self, target: SocketAddr) {
        self.state.send_modify(|state| state.target = target);
    }

    /// The connections that are open pass nothing on any more and are not closed; new ones work.
    pub fn forget_connections(&self) {
        self.state.send_modify(|state| state.silent_below = state.opened);
    }

    /// Nothing is passed on, on any connection; with `false`, what waited is.
    pub fn set_down(&self, down: bool) {
        self.state.send_modify(|state| state.down = down);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.send_modify(|state| state.ended = true);
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

async fn listen(listener: TcpListener, state: watch::Sender<State>) {
    let mut end = state.subscribe();
    loop {
        tokio::select! {
            _ = end.wait_for(|state| state.ended) => return,
            accepted = listener.accept() => {
                let Ok((client, _)) = accepted else { continue };
                let mut number = 0;
                state.send_modify(|state| {
                    number = state.opened;
                    state.opened += 1;
                });
                tokio::spawn(connection(client, number, state.subscribe()));
            }
        }
    }
}

/// Ends with the first direction that does, as most programs expect of a connection that was
/// closed.
async fn connection(client: TcpStream, number: u64, mut state: watch::Receiver<State>) {
    if !passes(&mut state, number).await {
        return;
    }
    let target = state.borrow().target;
    let Ok(server) = TcpStream::connect(target).await else { return };
    client.set_nodelay(true).ok();
    server.set_nodelay(true).ok();
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::select! {
        () = pass_on(from_client, to_server, number, state.clone()) => {}
        () = pass_on(from_server, to_client, number, state) => {}
    }
}

async fn pass_on(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    number: u64,
    mut state: watch::Receiver<State>,
) {
    let mut buffer = vec![0; 16 << 10];
    loop {
        let read = from.read(&mut buffer).await;
        // Not even the end of a connection gets through.
        if !passes(&mut state, number).await {
            return;
        }
        let Ok(length @ 1..) = read else { return };
        if to.write_all(buffer.get(..length).unwrap_or_default()).await.is_err() {
            return;
        }
    }
}

/// Waits until something gets through on connection `number`; `false` when the network has ended
/// before.
async fn passes(state: &mut watch::Receiver<State>, number: u64) -> bool {
    let open = state.wait_for(|state| state.ended || !state.down && number >= state.silent_below);
    open.await.is_ok_and(|state| !state.ended)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::time::Duration;

    use super::*;

    /// Answers every octet with `answer`.
    fn server(answer: u8) -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                thread::spawn(move || {
                    while stream.read_exact(&mut [0]).is_ok() {
                        stream.write_all(&[answer]).unwrap();
                    }
                });
            }
        });
        address
    }

    fn open(proxy: &Proxy) -> std::net::TcpStream {
        let stream = std::net::TcpStream::connect(proxy.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        stream
    }

    fn ask(stream: &mut std::net::TcpStream) -> std::io::Result<u8> {
        stream.write_all(b"?")?;
        let mut answer = [0];
        stream.read_exact(&mut answer)?;
        Ok(answer[0])
    }

    #[test]
    fn a_connection_falls_silent_and_a_new_one_works() {
        let proxy = Proxy::start(server(1)).unwrap();
        let mut old = open(&proxy);
        assert_eq!(ask(&mut old).unwrap(), 1);
        proxy.forget_connections();
        assert_eq!(ask(&mut old).unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
        assert_eq!(ask(&mut open(&proxy)).unwrap(), 1);
    }

    #[test]
    fn a_network_that_comes_back_delivers_what_waited() {
        let proxy = Proxy::start(server(1)).unwrap();
        let mut stream = open(&proxy);
        proxy.set_down(true);
        assert!(ask(&mut stream).is_err());
        proxy.set_down(false);
        let mut answer = [0];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(answer, [1]);
    }

    #[test]
    fn only_new_connections_lead_to_the_new_target() {
        let proxy = Proxy::start(server(1)).unwrap();
        let mut old = open(&proxy);
        assert_eq!(ask(&mut old).unwrap(), 1);
        proxy.lead_to(server(2));
        assert_eq!((ask(&mut old).unwrap(), ask(&mut open(&proxy)).unwrap()), (1, 2));
        drop(proxy);
        assert!(ask(&mut old).is_err());
    }
}
